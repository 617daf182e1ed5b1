# The token comes from the environment: KONNECT_TOKEN (a person's) or KONNECT_SPAT (a system account's).
provider "konnect" {
  server_url = var.konnect_server_url
}
