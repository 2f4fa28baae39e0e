// Swagger UI over our own schema; its validator badge would ask another host, so it is off.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, docExpansion: "list" });
