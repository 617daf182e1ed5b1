"""The reference translator: what Kong's AI Proxy sends to the provider, and what it makes of the answer.

Held against measurements of Kong's own open-source code (3.7, 3.8, 3.9 and the 3.10 tree); nothing here reads a file,
the network or the environment.

One way to read it, from the door inwards:

* `translator` is the door: `Translator(config).request(...)`, and what it gives back (`UpstreamRequest`).
* `config` reads a plugin config once; `drivers` is the table of what each provider's driver does; `versions` says what
  an older gateway does otherwise, each as a small difference from the next newer one.
* `exchange` is one request on its way. `order` sends it through the steps, first failure wins. Each step is a module
  with its name: `body` (and `native`), `templates`, `model_name`, `streaming`, `transform` (with `parameters`), `auth`,
  `tokens`, `cloud`, `headers`, `url` (and `query`).
* One module per wire format: `openai`, `anthropic`, `cohere`, `ollama`, `llama2_raw`, `gemini`, `bedrock`,
  `huggingface`. Each says in its docstring how it differs from OpenAI, holds its tables, and has
      chat(request, model, behaviour) -> table         and completions(...), where it has them
      REMARKS                                          what a reader of the trace should know
  and, for answers, what `response` and `stream` need. They work on decoded JSON and raise `lua.Fault` where Kong's
  code fails, `refusal.Reason` where it gives a reason.
* `lua` and `cjson` hold what Lua and its JSON library do to values, `client` what nginx makes of a request,
  `refusal` the errors.
* `marks` and `trace` find out what became of each field of the client's body, without the formats knowing of it.
"""
