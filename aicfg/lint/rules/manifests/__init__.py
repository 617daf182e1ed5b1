"""Rules that read nothing but manifests."""
