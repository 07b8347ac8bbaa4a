/** The part of Home Assistant's frontend that the panel uses. */

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: string;
}

export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: Record<string, unknown>,
  ): Promise<() => Promise<void>>;
}

export interface Hass {
  connection: Connection;
  states: Record<string, EntityState | undefined>;
  areas: Record<string, { area_id: string; name: string } | undefined>;
  language: string;
  locale: {
    language: string;
    time_format: "language" | "system" | "12" | "24";
    time_zone: "local" | "server";
  };
  config: { time_zone: string };
  formatEntityState(entity: EntityState, state?: string): string;
  localize(key: string, values?: Record<string, string | number>): string;
  loadBackendTranslation(category: string, integration: string): Promise<unknown>;
  callWS<T>(message: Record<string, unknown>): Promise<T>;
  callService(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: { entity_id: string | string[] },
  ): Promise<unknown>;
}

export interface Route {
  /** What of the address belongs to Home Assistant. */
  prefix: string;
  /** What of it belongs to the panel. */
  path: string;
}

/** Go to an address within Home Assistant without loading the page anew. */
export function navigate(path: string, replace = false): void {
  if (replace) {
    history.replaceState(history.state, "", path);
  } else {
    history.pushState(null, "", path);
  }
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
}
