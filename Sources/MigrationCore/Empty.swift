// replaced by the first file of MigrationCore
