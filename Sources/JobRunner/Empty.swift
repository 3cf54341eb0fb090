// replaced by the first file of JobRunner
