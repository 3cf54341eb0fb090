// replaced by the first file of CurlTransport
