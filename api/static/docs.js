// Swagger UI over our own schema; its validator badge would ask another host, so it is off.
// What is tried out writes as the page's session does: with its sign.
const sign = document.querySelector('meta[name="csrf"]')?.content;
SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, docExpansion: "list",
  requestInterceptor: (request) => {
    if (sign) request.headers["X-CSRF-Token"] = sign;
    return request;
  },
});
