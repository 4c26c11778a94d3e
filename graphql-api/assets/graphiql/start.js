// Starts GraphiQL on this server's own endpoints. Own file, no inline script, so that the page's
// Content-Security-Policy can stay at script-src 'self'.
(function () {
  'use strict';

  var socket = new URL('/graphql/ws', window.location.href);
  socket.protocol = window.location.protocol === 'https:' ? 'wss:' : 'ws:';

  var send = GraphiQL.createFetcher({
    url: '/graphql',
    subscriptionUrl: socket.href,
    headers: { accept: 'application/graphql-response+json, application/json;q=0.9' },
    // The server has no @defer and no @stream: one plain JSON answer per request.
    enableIncrementalDelivery: false,
  });

  // The header editor starts with an empty bearer token. Until one is typed in, no Authorization
  // header is sent at all. For subscriptions the same headers travel as the payload of
  // connection_init, as a browser's WebSocket cannot set headers.
  function withoutEmptyToken(headers) {
    var kept = {};
    Object.keys(headers || {}).forEach(function (name) {
      var value = headers[name];
      var empty = typeof value === 'string' && /^\s*(bearer)?\s*$/i.test(value);
      if (!(name.toLowerCase() === 'authorization' && empty)) kept[name] = value;
    });
    return kept;
  }

  function fetcher(request, options) {
    return send(request, Object.assign({}, options, {
      headers: withoutEmptyToken(options && options.headers),
    }));
  }

  var noToken = '{\n  "Authorization": "Bearer "\n}';

  // GraphiQL writes tabs and history to localStorage, history with its headers even where headers
  // are not to be kept. What is written here never holds a header, so no token outlives the page.
  function withoutHeaders(key, value) {
    if (/:headers$/.test(key)) return noToken;
    if (!/:(queries|favorites|tabState)$/.test(key)) return value;
    return JSON.stringify(JSON.parse(value), function (name, inner) {
      return name === 'headers' && typeof inner === 'string' ? noToken : inner;
    });
  }

  var storage = {
    getItem: function (key) { return window.localStorage.getItem(key); },
    setItem: function (key, value) {
      window.localStorage.setItem(key, withoutHeaders(key, value));
    },
    removeItem: function (key) { window.localStorage.removeItem(key); },
    clear: function () {
      Object.keys(window.localStorage).forEach(function (key) {
        if (key.indexOf('graphiql:') === 0) window.localStorage.removeItem(key);
      });
    },
    get length() { return window.localStorage.length; },
  };

  var welcome = [
    '# 联动 GraphQL 查询台',
    '# 1. 在下方 Headers 的 "Bearer " 后填入令牌；',
    '# 2. 按左下角的刷新键，重新读取结构；',
    '# 3. Ctrl-Enter 运行，Ctrl-Space 补全。',
    '# 令牌不会保存，重开此页须再填。',
    '#',
    '# Liandong GraphQL',
    '# 1. Put a token after "Bearer " in Headers below.',
    '# 2. Refresh the schema: button at bottom left.',
    '# 3. Ctrl-Enter runs, Ctrl-Space completes.',
    '# The token is not stored: retype it next time.',
    '',
    '{',
    '  __typename',
    '}',
    '',
  ].join('\n');

  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(
      GraphiQL,
      {
        fetcher: fetcher,
        defaultQuery: welcome,
        defaultHeaders: noToken,
        storage: storage,
        defaultEditorToolsVisibility: 'headers',
        isHeadersEditorEnabled: true,
        shouldPersistHeaders: false,
        // No switch that would store the token in the browser.
        showPersistHeadersSettings: false,
      },
      React.createElement(GraphiQL.Logo, null, '联动 Liandong')
    )
  );
})();
