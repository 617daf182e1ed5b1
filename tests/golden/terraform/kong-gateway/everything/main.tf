resource "kong-gateway_vault" "llm" {
  workspace   = var.workspace
  prefix      = "llm"
  name        = "env"
  description = "Keys of the LLM providers"
  config = jsonencode({
    prefix = "LLM_"
  })
  tags = ["team-search"]
}

resource "kong-gateway_consumer_group" "staff" {
  workspace = var.workspace
  name      = "staff"
  tags      = ["internal", "team-search"]
}

resource "kong-gateway_consumer" "mobile_app" {
  workspace = var.workspace
  username  = "mobile-app"
  custom_id = "app-17"
  tags      = ["team-search"]
}

resource "kong-gateway_key_auth" "mobile_app__mobile_app_key" {
  workspace   = var.workspace
  consumer_id = kong-gateway_consumer.mobile_app.id
  key         = var.mobile_app_key
  tags        = ["team-search"]
}

resource "kong-gateway_consumer_group_member" "mobile_app__staff" {
  workspace         = var.workspace
  consumer_id       = kong-gateway_consumer.mobile_app.id
  consumer_group_id = kong-gateway_consumer_group.staff.id
}

resource "kong-gateway_service" "team_search" {
  workspace    = var.workspace
  name         = "team-search"
  protocol     = "http"
  host         = "localhost"
  port         = 32000
  read_timeout = 120000
  tags         = ["team-search"]
}

resource "kong-gateway_route" "chat" {
  workspace = var.workspace
  name      = "chat"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/chat$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "chat" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.chat.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
      name     = "gpt-4o"
      options = {
        max_tokens  = 512
        temperature = 0.7
        input_cost  = 2.5
        output_cost = 10
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_route" "chat_by_header" {
  workspace = var.workspace
  name      = "chat-by-header"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/chat$"]
  methods   = ["POST"]
  headers = {
    x-model = ["mini"]
  }
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "chat_by_header" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.chat_by_header.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "{vault://llm/openai}"
    }
    model = {
      provider = "openai"
      name     = "gpt-4o-mini"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }

  depends_on = [kong-gateway_vault.llm]
}

resource "kong-gateway_custom_plugin" "request_size_limiting__chat_by_header" {
  workspace = var.workspace
  name      = "request-size-limiting"
  route     = { id = kong-gateway_route.chat_by_header.id }
  tags      = ["team-search"]
  config = {
    allowed_payload_size = 1
  }
}

resource "kong-gateway_route" "embeddings" {
  workspace = var.workspace
  name      = "embeddings"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/embeddings$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "embeddings" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.embeddings.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/embeddings"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
      name     = "text-embedding-3-small"
      options = {
        embeddings_dimensions = 512
      }
    }
    genai_category = "text/embeddings"
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_route" "files" {
  workspace = var.workspace
  name      = "files"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["/files"]
  methods   = ["GET", "POST", "DELETE"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "files" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.files.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/files"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
    }
    model_name_header = false
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_route" "azure_chat" {
  workspace  = var.workspace
  name       = "azure-chat"
  service    = { id = kong-gateway_service.team_search.id }
  paths      = ["~/azure-chat$"]
  methods    = ["POST"]
  hosts      = ["ai.example.com"]
  protocols  = ["https"]
  strip_path = true
  tags       = ["azure", "team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "azure_chat" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.azure_chat.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "api-key"
      header_value = var.azure_openai_key
    }
    model = {
      provider = "azure"
      name     = "gpt-4o"
      options = {
        max_tokens          = 512
        azure_instance      = "team-search"
        azure_deployment_id = "gpt-4o"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_route" "claude" {
  workspace = var.workspace
  name      = "claude"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/claude$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "claude" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.claude.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "x-api-key"
      header_value = var.anthropic_api_key
    }
    model = {
      provider = "anthropic"
      name     = "claude-sonnet-4-20250514"
      options = {
        max_tokens        = 512
        anthropic_version = "2023-06-01"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
    response_streaming = "always"
  }
}

resource "kong-gateway_route" "mistral" {
  workspace = var.workspace
  name      = "mistral"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/mistral$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "mistral" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.mistral.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.mistral_api_key}"
    }
    model = {
      provider = "mistral"
      name     = "mistral-large-latest"
      options = {
        max_tokens     = 512
        mistral_format = "openai"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = true
    }
  }
}

resource "kong-gateway_route" "mistral_local" {
  workspace = var.workspace
  name      = "mistral-local"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/mistral-local$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "mistral_local" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.mistral_local.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    model = {
      provider = "mistral"
      name     = "mistral"
      options = {
        max_tokens     = 512
        mistral_format = "ollama"
        upstream_url   = "http://ollama.internal:11434/api/chat"
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_route" "gemini" {
  workspace = var.workspace
  name      = "gemini"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/gemini$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "gemini" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.gemini.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      param_name     = "key"
      param_value    = var.gemini_api_key
      param_location = "query"
    }
    model = {
      provider = "gemini"
      name     = "gemini-2.5-flash"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_route" "gemini_native" {
  workspace = var.workspace
  name      = "gemini-native"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["/gemini"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "gemini_native" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.gemini_native.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      param_name     = "key"
      param_value    = var.gemini_api_key
      param_location = "query"
    }
    model = {
      provider = "gemini"
      name     = "gemini-2.5-flash"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
    llm_format = "gemini"
  }
}

resource "kong-gateway_route" "bedrock" {
  workspace = var.workspace
  name      = "bedrock"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/bedrock$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "bedrock" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.bedrock.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      aws_access_key_id     = var.aws_access_key_id
      aws_secret_access_key = var.aws_secret_access_key
    }
    model = {
      provider = "bedrock"
      name     = "meta.llama3-70b-instruct-v1:0"
      options = {
        max_tokens = 512
        bedrock = {
          aws_region                 = "eu-central-1"
          performance_config_latency = "optimized"
        }
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
    max_request_body_size = 65536
  }
}

resource "kong-gateway_route" "semantic" {
  workspace = var.workspace
  name      = "semantic"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/semantic$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy_advanced" "semantic" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.semantic.id }
  tags      = ["team-search"]
  config = {
    targets = [
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.openai_api_key}"
        }
        model = {
          provider = "openai"
          name     = "gpt-4o"
          options = {
            max_tokens = 512
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
        description = "Writing and explaining program code"
      },
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.openai_api_key}"
        }
        model = {
          provider = "openai"
          name     = "gpt-4o-mini"
          options = {
            max_tokens = 512
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
        description = "CATCHALL"
      },
    ]
    balancer = {
      algorithm = "semantic"
    }
    embeddings = {
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "text-embedding-3-small"
      }
    }
    vectordb = {
      strategy        = "redis"
      dimensions      = 1536
      distance_metric = "cosine"
      threshold       = 0.7
      redis = {
        host     = "redis.internal"
        port     = 6379
        password = var.redis_password
      }
    }
  }
}

resource "kong-gateway_route" "for_staff" {
  workspace = var.workspace
  name      = "for-staff"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/for-staff$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy_advanced" "for_staff" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.for_staff.id }
  tags      = ["team-search"]
  config = {
    targets = [
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.openai_api_key}"
        }
        model = {
          provider    = "openai"
          name        = "gpt-4o"
          model_alias = "smart"
          options = {
            max_tokens = 512
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
      },
    ]
    acls = {
      allow = [
        {
          match = [
            {
              type   = "consumer_group"
              values = ["staff"]
            },
          ]
        },
      ]
    }
    genai_category    = "text/generation"
    model_name_header = false
  }
}

resource "kong-gateway_plugin_key_auth" "for_staff" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.for_staff.id }
  tags      = ["team-search"]
  config = {
    key_names        = ["apikey"]
    hide_credentials = true
  }
}

resource "kong-gateway_route" "guarded" {
  workspace = var.workspace
  name      = "guarded"
  service   = { id = kong-gateway_service.team_search.id }
  paths     = ["~/guarded$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    route_type = "llm/v1/chat"
    auth = {
      header_name  = "Authorization"
      header_value = "Bearer ${var.openai_api_key}"
    }
    model = {
      provider = "openai"
      name     = "gpt-4o"
      options = {
        max_tokens = 512
      }
    }
    logging = {
      log_statistics = true
      log_payloads   = false
    }
  }
}

resource "kong-gateway_plugin_ai_prompt_guard" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    deny_patterns                  = ["(?i)password"]
    allow_all_conversation_history = true
  }
}

resource "kong-gateway_plugin_ai_semantic_prompt_guard" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    rules = {
      deny_prompts = ["Legal advice"]
    }
    search = {
      threshold = 0.7
    }
    embeddings = {
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "text-embedding-3-small"
      }
    }
    vectordb = {
      strategy        = "redis"
      dimensions      = 1536
      distance_metric = "cosine"
      threshold       = 0.1
      redis = {
        host     = "redis.internal"
        port     = 6379
        password = var.redis_password
      }
    }
  }
}

resource "kong-gateway_plugin_ai_prompt_decorator" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    prompts = {
      prepend = [
        {
          role    = "system"
          content = "You are polite."
        },
      ]
      append = [
        {
          role    = "user"
          content = "Keep it short."
        },
      ]
    }
  }
}

resource "kong-gateway_plugin_ai_prompt_template" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    templates = [
      {
        name     = "summary"
        template = "{\"messages\": [{\"role\": \"user\", \"content\": \"Sum this up: {{text}}\"}]}"
      },
    ]
    allow_untemplated_requests = true
  }
}

resource "kong-gateway_plugin_ai_rate_limiting_advanced" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    llm_providers = [
      {
        name        = "openai"
        limit       = [20000]
        window_size = [60]
      },
    ]
    redis = {
      host     = "redis.internal"
      port     = 6379
      password = var.redis_password
    }
    strategy  = "redis"
    sync_rate = 1
  }
}

resource "kong-gateway_plugin_ai_semantic_cache" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    embeddings = {
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "text-embedding-3-small"
      }
    }
    vectordb = {
      strategy        = "redis"
      dimensions      = 1536
      distance_metric = "cosine"
      threshold       = 0.1
      redis = {
        host     = "redis.internal"
        port     = 6379
        password = var.redis_password
      }
    }
    cache_ttl     = 600
    exact_caching = true
  }
}

resource "kong-gateway_plugin_ai_azure_content_safety" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    content_safety_url = "https://team-search.cognitiveservices.azure.com/contentsafety/text:analyze"
    content_safety_key = var.content_safety_key
    categories = [
      {
        name            = "Hate"
        rejection_level = 2
      },
      {
        name            = "Violence"
        rejection_level = 2
      },
    ]
  }
}

resource "kong-gateway_plugin_ai_request_transformer" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    llm = {
      route_type = "llm/v1/chat"
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "gpt-4o-mini"
      }
    }
    prompt = "Replace personal names by initials."
  }
}

resource "kong-gateway_plugin_ai_response_transformer" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    llm = {
      route_type = "llm/v1/chat"
      auth = {
        header_name  = "Authorization"
        header_value = "Bearer ${var.openai_api_key}"
      }
      model = {
        provider = "openai"
        name     = "gpt-4o-mini"
      }
    }
    prompt = "Translate the answer into English."
  }
}

resource "kong-gateway_plugin_key_auth" "guarded" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.guarded.id }
  tags      = ["team-search"]
  config = {
    key_names        = ["apikey"]
    hide_credentials = true
  }
}

resource "kong-gateway_service" "slow_models" {
  workspace    = var.workspace
  name         = "slow-models"
  protocol     = "http"
  host         = "localhost"
  port         = 32000
  read_timeout = 600000
  tags         = ["slow", "team-search"]
}

resource "kong-gateway_route" "balanced" {
  workspace = var.workspace
  name      = "balanced"
  service   = { id = kong-gateway_service.slow_models.id }
  paths     = ["~/balanced$"]
  methods   = ["POST"]
  protocols = ["http", "https"]
  tags      = ["team-search"]
}

resource "kong-gateway_plugin_ai_proxy_advanced" "balanced" {
  workspace = var.workspace
  route     = { id = kong-gateway_route.balanced.id }
  tags      = ["team-search"]
  config = {
    targets = [
      {
        route_type = "llm/v1/chat"
        auth = {
          header_name  = "Authorization"
          header_value = "Bearer ${var.mistral_api_key}"
        }
        model = {
          provider = "mistral"
          name     = "mistral-large-latest"
          options = {
            max_tokens     = 512
            mistral_format = "openai"
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = false
        }
        weight = 80
        metadata = jsonencode({
          team = "search"
        })
      },
      {
        route_type = "llm/v1/chat"
        model = {
          provider = "mistral"
          name     = "mistral"
          options = {
            max_tokens     = 512
            temperature    = 0.2
            mistral_format = "ollama"
            upstream_url   = "http://ollama.internal:11434/api/chat"
            top_p          = 0.9
          }
        }
        logging = {
          log_statistics = true
          log_payloads   = true
        }
        weight = 20
      },
    ]
    balancer = {
      algorithm         = "round-robin"
      failover_criteria = ["error", "timeout", "http_429", "non_idempotent"]
      max_fails         = 3
    }
  }
}

resource "kong-gateway_plugin_prometheus" "global" {
  workspace = var.workspace
  tags      = ["team-search"]
  config    = {}
}

resource "kong-gateway_plugin_rate_limiting" "consumer_group__staff" {
  workspace      = var.workspace
  consumer_group = { id = kong-gateway_consumer_group.staff.id }
  tags           = ["team-search"]
  config = {
    minute = 600
    policy = "local"
  }
}
