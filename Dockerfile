# Build tools stay in these two stages.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY console/package.json console/
RUN npm ci --no-audit --no-fund
COPY . .
# Files of a clone may be readable only by their owner.
RUN npm run --silent generate && npm run --silent build && npm run --silent build:console \
  && chmod -R go+rX package.json prisma dist console/dist

FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY console/package.json console/
COPY scripts/keep-runtime-packages.mjs scripts/
RUN npm ci --omit=dev --workspaces=false --no-audit --no-fund && node scripts/keep-runtime-packages.mjs

FROM node:20-bookworm-slim
# The image contains no package managers.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn* \
  && install -d -o 1000 -g 1000 -m 700 /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json package.json
COPY --from=build /app/prisma/migrations prisma/migrations
COPY --from=build /app/console/dist console/dist
COPY --from=build /app/dist dist
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATABASE_URL=file:/data/gateway.db
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# With long bodies, V8 would collect the whole heap often. These flags make that rare, and keep it off other threads.
ENTRYPOINT ["node", "--no-concurrent-marking", "--initial-heap-size=128", "dist/cli/gateway.js"]
CMD ["serve"]
