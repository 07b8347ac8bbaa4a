/** Ask the integration; every call rejects with Home Assistant's error. */

import type { Hass } from "./hass.ts";
import type {
  Content,
  DeleteAnswer,
  Details,
  ExportEvent,
  Facets,
  Filter,
  Home,
  LiveEvent,
  Places,
  Playable,
  ReceiptPage,
  Recording,
  RecordingPage,
  SearchEvent,
  Verification,
  What,
} from "./types.ts";

const DOMAIN = "voice_retention";

export type Unsubscribe = () => Promise<void>;

export interface DeleteOptions {
  content?: Content[];
  places?: string[];
  include_held?: boolean;
  dry_run: boolean;
}

export class Api {
  constructor(private readonly hass: Hass) {}

  home = () => this.ask<Home>("home", { language: this.hass.language });
  protect = () => this.ask<object>("protect");
  places = () => this.ask<Places>("places");

  receipts = (limit: number, before?: number) =>
    this.ask<ReceiptPage>("receipts/list", before === undefined ? { limit } : { limit, before });
  verify = (receipt_ids?: string[]) =>
    this.ask<Verification>("receipts/verify", receipt_ids ? { receipt_ids } : {});

  facets = () => this.ask<Facets>("history/facets");
  recordings = (filter: Filter, offset: number, limit: number, as_of?: number) =>
    this.ask<RecordingPage>("history/list", {
      filter,
      offset,
      limit,
      ...(as_of === undefined ? {} : { as_of }),
    });
  details = (recording_id: string) =>
    this.ask<Details>("history/details", { recording_id, language: this.hass.language });
  play = (recording_id: string) => this.ask<Playable>("history/play", { recording_id });
  /** Protect recordings from expiry until a moment, or release them. */
  hold = (recording_ids: string[], until: string | null) =>
    this.ask<{ recordings: Recording[] }>("history/hold", { recording_ids, until });
  delete = (what: What, options: DeleteOptions) =>
    this.ask<DeleteAnswer>("delete", { what, ...options });

  listen = (heard: (event: LiveEvent) => void) => this.follow<LiveEvent>("subscribe", heard);
  search = (filter: Filter, text: string, found: (event: SearchEvent) => void) =>
    this.follow<SearchEvent>("history/search", found, { filter, text });
  export = (what: What, told: (event: ExportEvent) => void) =>
    this.follow<ExportEvent>("export", told, { what });

  private ask<T>(command: string, message: object = {}): Promise<T> {
    return this.hass.callWS<T>({ type: `${DOMAIN}/${command}`, ...message });
  }

  private follow<T>(
    command: string,
    heard: (event: T) => void,
    message: object = {},
  ): Promise<Unsubscribe> {
    return this.hass.connection.subscribeMessage<T>(heard, {
      type: `${DOMAIN}/${command}`,
      ...message,
    });
  }
}
