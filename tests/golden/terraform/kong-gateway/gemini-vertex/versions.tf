terraform {
  required_version = ">= 1.0"

  required_providers {
    kong-gateway = {
      source  = "kong/kong-gateway"
      version = "~> 1.1"
    }
  }
}
