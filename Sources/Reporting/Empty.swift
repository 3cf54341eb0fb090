// replaced by the first file of Reporting
