/** What the websocket commands of Voice Retention answer; moments are ISO texts, sizes bytes. */

export type Locality = "local" | "cloud" | "unproven";
export type Content = "audio" | "transcript" | "response";
export type Outcome = "ok" | "unrecognised" | "blocked" | "cancelled" | "error";
export type StepKind = "wake_word" | "stt" | "conversation" | "tts";

export interface Step {
  kind: StepKind;
  engine_id: string;
  engine_name: string;
  locality: Locality;
  /** A sentence in the user's language. */
  evidence: string;
  is_guarded: boolean;
  is_gap: boolean;
}

export interface VoicePath {
  slot: number;
  wake_word: string | null;
  pipeline_id: string;
  pipeline_name: string;
  steps: Step[];
}

export interface LastHeard {
  engine_id: string;
  engine_name: string;
  locality: Locality;
  evidence: string;
  at: string;
}

export type SettingKey =
  | "dont_send_audio"
  | "dont_send_text"
  | "keep_recordings"
  | "keep_transcripts";

export interface Satellite {
  key: string;
  name: string;
  area_id: string | null;
  area: string | null;
  entity_id: string | null;
  device_id: string | null;
  recordings: number;
  sent_to_cloud: { audio_bytes: number; characters: number };
  last_heard: LastHeard | null;
  /** None where the household disabled the entity. */
  entities: Record<SettingKey, string | null>;
  paths: VoicePath[];
}

export interface Progress {
  place: string;
  places_done: number;
  places: number;
  recordings_done: number;
  recordings: number;
}

export interface Status {
  is_available: boolean;
  trouble: string | null;
  stored: number;
  size: number;
  overdue: number;
  oldest: string | null;
  sent_to_cloud_today: number;
  characters_to_cloud_today: number;
  last_purge: string | null;
  last_sweep: string | null;
  progress: Progress | null;
}

export interface Home {
  satellites: Satellite[];
  defaults: Record<"keep_recordings" | "keep_transcripts" | "guest_mode", string | null>;
  status: Status;
  ways_out: { way: string; engines: string[] }[];
}

export type Changed = "status" | "coverage" | "recordings" | "receipts";

export interface LiveEvent {
  changed: Changed;
  status: Status;
}

export interface Filter {
  satellites?: string[];
  areas?: string[];
  start?: string;
  end?: string;
  engine?: string;
  locality?: Locality;
  outcome?: Outcome;
  held?: boolean;
  content?: Content[];
}

export interface Facets {
  satellites: { key: string; name: string; area: string | null }[];
  areas: { area_id: string; name: string }[];
  engines: { engine_id: string; name: string }[];
  /** Days of the household's time zone. */
  days: { day: string; count: number }[];
}

export interface Recording {
  recording_id: string;
  created: string;
  satellite: string;
  satellite_name: string;
  satellite_entity_id: string | null;
  device_id: string | null;
  origin: string;
  pipeline_id: string | null;
  pipeline_engine: string;
  engine: string | null;
  engine_name: string | null;
  locality: Locality | null;
  route: string;
  reasons: string[];
  outcome: Outcome;
  language: string;
  audio_seconds: number;
  audio_bytes: number;
  truncated: boolean;
  content: Content[];
  size: number;
  audio_expires: string | null;
  text_expires: string | null;
  held: boolean;
  held_until: string | null;
  transcript: string | null;
  response: string | null;
  damaged: boolean;
}

export interface RecordingPage {
  recordings: Recording[];
  total: number;
  as_of: number;
}

export interface SearchEvent {
  recordings: Recording[];
  scanned: number;
  total: number;
  done: boolean;
  capped?: boolean;
  /** Why the search ended early, if it did. */
  error?: { translation_key: string; translation_placeholders?: Record<string, string> };
}

export interface Access {
  at: string;
  kind: string;
  user_id: string | null;
  user_name: string | null;
}

export interface LedgerEntry {
  at: string;
  sent: Content;
  engine_id: string | null;
  engine_name: string | null;
  locality: Locality | null;
  evidence: string[];
  route: string;
  reasons: string[];
  audio_bytes: number;
  audio_seconds: number;
  characters: number;
}

export interface Details {
  recording: Recording;
  accesses: Access[];
  ledger: LedgerEntry[];
}

export interface Playable {
  url: string;
  mime_type: string;
  seconds: number;
}

/** What a deletion or an export is about; nothing is ever taken for everything. */
export type What =
  | { recording_ids: string[] }
  | { filter: Filter; as_of?: number }
  | { satellites: string[] }
  | { everything: true };

export interface PlaceResult {
  place: string;
  found: number;
  deleted: number;
  verified: boolean;
  verified_by: string | null;
  failed: string | null;
  retry_at: string | null;
  residue: string | null;
}

export interface OutOfReach {
  kind: string;
  key: string;
  name: string;
  detail: string | null;
  since: string | null;
  until: string | null;
  amount: Record<string, number>;
  holds: Record<string, string>;
}

export interface Receipt {
  receipt_id: string;
  completes: string | null;
  asked_by: string;
  user_id: string | null;
  user_name: string | null;
  asked_through: string | null;
  dry_run: boolean;
  scope: {
    satellites: string[] | null;
    start_time: string | null;
    end_time: string | null;
    recording_ids: string[] | null;
    content: Content[];
    places: string[] | null;
    include_held: boolean;
    include_ledger: boolean;
  };
  started: string;
  finished: string;
  seconds: number;
  interruptions: number;
  complete: boolean;
  retry_at: string | null;
  held: number;
  held_recording_ids: string[];
  places: PlaceResult[];
  out_of_reach: OutOfReach[];
}

/** The receipt of a deletion asked for here, or of the plan for one. */
export interface DeleteAnswer extends Receipt {
  /** How many recordings it is about. */
  recordings: number;
  /** Up to which recording a filter was taken, so that a plan is carried out as it was shown. */
  as_of: number | null;
}

/** A receipt as it stands in the chain; those that no deletion wrote have other fields. */
export type StoredReceipt = Partial<Receipt> & {
  receipt_id: string;
  sequence: number;
  at: string;
  kind: string;
  digest: string;
  previous_digest: string;
  /** What the satellites of the scope, and what passed the wish on, are called now. */
  names: Record<string, string>;
};

/** What came of searching again for what receipts say is gone. */
export interface Verification {
  good: boolean;
  chain: { intact: boolean; receipts: number; first_broken: number | null };
  receipts: number;
  searched: Record<string, number>;
  /** For how many receipts a place could not be searched, by place and reason. */
  not_searched: Record<string, Record<string, number>>;
  findings: { receipt_id: string; sequence: number; place: string; left: number }[];
  owed: { receipt_id: string; places: string[]; attempts: number; retry_at: string | null }[];
}

export interface ReceiptPage {
  receipts: StoredReceipt[];
  next_before: number | null;
}

export interface HeldPlace {
  place: string;
  holds: number | null;
  failed: string | null;
  by_satellite: { key: string; name: string; holds: number }[];
}

export interface Places {
  places: HeldPlace[];
  out_of_reach: OutOfReach[];
}

export interface ExportEvent {
  export_id?: string;
  done?: number;
  total?: number;
  url?: string;
  expires?: string;
  size?: number;
  error?: unknown;
}
