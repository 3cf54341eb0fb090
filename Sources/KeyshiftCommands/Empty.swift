// replaced by the first file of KeyshiftCommands
