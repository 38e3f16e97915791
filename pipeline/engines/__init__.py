"""Language models behind one small protocol: Ollama, and servers that speak OpenAI's protocol."""
