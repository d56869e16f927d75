# The controller and its agents in one image: no compiler, no development tools, no lab (its packages are optional and left out).
#
#   docker build -t resus .
#   docker run --init --read-only --cap-drop ALL --security-opt no-new-privileges \
#     -v /etc/resus:/etc/resus:ro -v resus:/var/lib/resus -p 7400:7400 resus
#
# It writes nowhere but in /var/lib/resus (`data:` in resus.yaml), so the rest may be read-only. See docs/configuration.md.
# The version is pinned; where the registry can be reached, pin the digest too.
ARG NODE=node:24.11.1-slim

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM ${NODE}
ENV NODE_ENV=production AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
WORKDIR /opt/resus
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE README.md ./
COPY policies ./policies
COPY runbooks ./runbooks
COPY dashboards ./dashboards
RUN install -d -o node -g node -m 0700 /var/lib/resus
USER node
VOLUME /var/lib/resus
EXPOSE 7400
# Ready: it leads, its journal verifies and can be written. RESUS_URL where `listen` says something else.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(new URL('/readyz', process.env.RESUS_URL ?? 'http://127.0.0.1:7400')).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve", "--config", "/etc/resus/resus.yaml"]
