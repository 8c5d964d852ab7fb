<%@ page contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%@ taglib prefix="c" uri="jakarta.tags.core" %>
<%@ taglib prefix="fn" uri="jakarta.tags.functions" %>
<%
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
%>
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>What you sent</title>
  <link rel="icon" href="dormouse.svg" type="image/svg+xml">
  <link rel="stylesheet" href="dormouse.css">
</head>
<body>
  <main>
    <section class="card facts" aria-labelledby="title">
      <div class="card-head">
        <h1 id="title">What you sent</h1>
        <span class="tag">JSP</span>
      </div>
      <p><c:out value="${pageContext.request.method} ${pageContext.request.requestURI}"/>,
         answered by <code><c:out value="<%= Thread.currentThread() %>"/></code></p>
      <dl>
        <c:forEach var="field" items="${header}">
          <c:if test="${fn:toLowerCase(field.key) ne 'cookie'}">
            <dt><c:out value="${field.key}"/></dt><dd><c:out value="${field.value}"/></dd>
          </c:if>
        </c:forEach>
      </dl>
      <p class="hint"><a href="index.html">Back to the nest</a></p>
    </section>
  </main>
</body>
</html>
