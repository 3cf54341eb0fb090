// replaced by the first file of JobStore
