provider "kong-gateway" {
  server_url  = var.kong_admin_url
  admin_token = var.kong_admin_token
}
