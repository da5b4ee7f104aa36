import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { readTextFile } from "../../firmware-config/kit/text-file.ts";
import type { BrokerConfig } from "../config.ts";
import { brokerExposure, refuseExposure } from "../exposure.ts";

/** A chain of certificates is a few KB. */
const MAX_PEM_BYTES = 1024 * 1024;
/** How many connections the broker has at most. */
export interface BrokerLimits {
  /** In all; beyond them none is taken. */
  readonly connections: number;
  /** Of which nobody knows yet whose they are; beyond them the oldest ends. */
  readonly strangers: number;
}

/** More devices than 1,000 do not connect within one round trip; with the largest CONNECT of each they hold 16 MB. */
export const BROKER_LIMITS: BrokerLimits = { connections: 20_000, strangers: 1_000 };

const HANDSHAKE_MS = 10_000;
/** The kernel asks silent peers whether they live, for devices that switch MQTT's keep-alive off. */
const SOCKET = { keepAlive: true, keepAliveInitialDelay: 60_000, noDelay: true } as const;

/** Where the broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** A listening socket that hands so many connections at once to `accept`. Throws `AppError` CONFIG_INVALID or PORT_IN_USE. */
export async function listen(
  config: BrokerConfig,
  maxConnections: number,
  accept: (socket: Socket) => void,
): Promise<Server> {
  const server = await createSocketServer(config, accept);
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, config)));
    server.listen(config.port, config.host, resolve);
  });
  return server;
}

/** The port that was really taken; matters when the configuration says 0. */
export function addressOf(server: Server, config: BrokerConfig): BrokerAddress {
  const address = server.address();
  return { host: config.host, port: typeof address === "object" && address ? address.port : config.port };
}

async function createSocketServer(config: BrokerConfig, accept: (socket: Socket) => void): Promise<Server> {
  const { certFile, keyFile } = config;
  if (certFile !== undefined && keyFile !== undefined) {
    const tls = {
      ...SOCKET,
      cert: await readPem(certFile),
      key: await readPem(keyFile),
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_MS,
    } as const;
    return createTlsServer(tls, accept);
  }
  refuseExposure("broker.host", brokerExposure(config));
  return createServer(SOCKET, accept);
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return Buffer.from(await readTextFile(file, { maxBytes: MAX_PEM_BYTES }));
  } catch (error) {
    throw new AppError(`Cannot read ${file}: ${messageOf(error)}`, {
      code: "CONFIG_INVALID",
      hint: "Check broker.certFile and broker.keyFile.",
      cause: error,
    });
  }
}

function listenError(error: unknown, { host, port }: BrokerConfig): AppError {
  if (systemCodeOf(error) === "EADDRINUSE") {
    return new AppError(`Port ${port} on ${host} is in use`, {
      code: "PORT_IN_USE",
      hint: `Stop what listens there (ss -ltnp | grep :${port}), or set another broker.port.`,
      cause: error,
    });
  }
  return new AppError(`The broker cannot listen on ${host}:${port}: ${messageOf(error)}`, {
    code: "CONFIG_INVALID",
    hint: "Check broker.host and broker.port; ports below 1024 need root.",
    cause: error,
  });
}
