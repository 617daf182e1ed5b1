# Terraform asks for each variable without a default, unless its environment has the value:
#   export TF_VAR_control_plane_id=...
#   export TF_VAR_anthropic_api_key="$ANTHROPIC_API_KEY"
#   export TF_VAR_aws_access_key_id="$AWS_ACCESS_KEY_ID"
#   export TF_VAR_aws_secret_access_key="$AWS_SECRET_ACCESS_KEY"
#   export TF_VAR_azure_openai_key="$AZURE_OPENAI_KEY"
#   export TF_VAR_content_safety_key="$CONTENT_SAFETY_KEY"
#   export TF_VAR_gemini_api_key="$GEMINI_API_KEY"
#   export TF_VAR_mistral_api_key="$MISTRAL_API_KEY"
#   export TF_VAR_mobile_app_key="$MOBILE_APP_KEY"
#   export TF_VAR_openai_api_key="$OPENAI_API_KEY"
#   export TF_VAR_redis_password="$REDIS_PASSWORD"
# What is sensitive is never printed, but stands in Terraform's state: let only those read that who may know it.

variable "konnect_server_url" {
  description = "The API of Konnect in the control plane's region, such as eu instead of us."
  type        = string
  default     = "https://us.api.konghq.com"
}

variable "control_plane_id" {
  description = "The control plane in Konnect, a UUID."
  type        = string
}

variable "anthropic_api_key" {
  description = "ANTHROPIC_API_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "aws_access_key_id" {
  description = "AWS_ACCESS_KEY_ID of the manifest."
  type        = string
  sensitive   = true
}

variable "aws_secret_access_key" {
  description = "AWS_SECRET_ACCESS_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "azure_openai_key" {
  description = "AZURE_OPENAI_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "content_safety_key" {
  description = "CONTENT_SAFETY_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "gemini_api_key" {
  description = "GEMINI_API_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "mistral_api_key" {
  description = "MISTRAL_API_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "mobile_app_key" {
  description = "MOBILE_APP_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "openai_api_key" {
  description = "OPENAI_API_KEY of the manifest."
  type        = string
  sensitive   = true
}

variable "redis_password" {
  description = "REDIS_PASSWORD of the manifest."
  type        = string
  sensitive   = true
}
