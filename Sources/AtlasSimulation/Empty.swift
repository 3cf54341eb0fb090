// replaced by the first file of AtlasSimulation
