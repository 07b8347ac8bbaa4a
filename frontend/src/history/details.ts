/** Tell all there is to know of one recording, and what can be done with it. */

import {
  mdiArrowLeft,
  mdiClose,
  mdiDeleteOutline,
  mdiDownload,
  mdiLockOpenOutline,
  mdiLockOutline,
} from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Api } from "../api.ts";
import { icon } from "../parts/icon.ts";
import "../parts/locality.ts";
import "../parts/notice.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Details, Recording } from "../types.ts";
import "./ledger.ts";
import "./player.ts";
import { answered, heard } from "./words.ts";

@customElement("vr-details")
export class RecordingDetails extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--ha-card-background, var(--card-background-color));
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        flex: none;
        padding: 8px;
        padding-inline-start: 16px;
        border-block-end: var(--vr-line);
      }
      :host([narrow]) header {
        padding-inline-start: 8px;
      }
      .back svg {
        transform: scaleX(var(--scale-direction, 1));
      }
      h2 {
        font-size: var(--ha-font-size-l, 16px);
        font-weight: var(--ha-font-weight-medium, 500);
        outline: none;
      }
      .body {
        flex: 1 1 auto;
        overflow-y: auto;
        padding: 16px;
      }
      section {
        margin-block-end: 24px;
      }
      section h3 {
        margin-block-end: 4px;
        color: var(--secondary-text-color);
      }
      blockquote {
        margin: 0;
        font-size: var(--ha-font-size-l, 16px);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .nothing {
        color: var(--secondary-text-color);
        font-style: italic;
      }
      .warning {
        color: var(--error-color);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 16px;
      }
      dt {
        color: var(--secondary-text-color);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        flex: none;
        padding: 12px 16px;
        border-block-start: var(--vr-line);
      }
      li + li {
        margin-block-start: 4px;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: "recording-id" }) recordingId = "";
  @property({ type: Boolean, reflect: true }) narrow = false;
  @state() private details: Details | undefined;
  @state() private failure: unknown;

  /** Look again, at what has changed since. */
  async load(): Promise<void> {
    const wanted = this.recordingId;
    try {
      const details = await this.api.details(wanted);
      if (wanted !== this.recordingId) return;
      this.details = details;
      this.failure = undefined;
    } catch (failure) {
      if (wanted === this.recordingId) this.failure = failure;
    }
  }

  override focus(): void {
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true }),
    );
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("recordingId")) return;
    this.details = undefined;
    this.failure = undefined;
    void this.load();
  }

  override render() {
    const { t } = this.texts;
    const { details } = this;
    return html`
      <header @keydown=${this.pressed}>
        ${this.narrow ? this.closing("back", t("history.back"), mdiArrowLeft) : nothing}
        <h2 class="grow" tabindex="-1">
          ${details ? this.texts.date(details.recording.created) : t("history.recording")}
        </h2>
        ${this.narrow ? nothing : this.closing("close", t("history.close"), mdiClose)}
      </header>
      <div class="body" @keydown=${this.pressed}>${this.body()}</div>
      ${details && !this.failure ? this.actions(details.recording) : nothing}
    `;
  }

  private closing(name: string, label: string, picture: string) {
    return html`<button class="icon ${name}" aria-label=${label} @click=${() => this.tell("close")}>
      ${icon(picture, 24)}
    </button>`;
  }

  private body() {
    if (this.failure) {
      return html`<vr-notice
        is-error
        .texts=${this.texts}
        .text=${this.texts.failure(this.failure)}
        @retry=${this.load}
      ></vr-notice>`;
    }
    if (!this.details) {
      return html`<p class="secondary" role="status">${this.texts.t("history.loading")}</p>`;
    }
    const { recording, ledger, accesses } = this.details;
    return html`
      ${this.sound(recording)} ${this.said(recording)}
      <section>
        <h3>${this.texts.t("history.who_got_it")}</h3>
        <vr-ledger .texts=${this.texts} .entries=${ledger}></vr-ledger>
      </section>
      ${this.kept(recording)} ${this.listened(accesses)}
    `;
  }

  private sound(recording: Recording) {
    const { t } = this.texts;
    if (!recording.content.includes("audio")) {
      return html`<section><p class="nothing">${t("history.no_audio")}</p></section>`;
    }
    return html`<section>
      <vr-player
        .api=${this.api}
        .texts=${this.texts}
        .recordingId=${recording.recording_id}
        .seconds=${recording.audio_seconds}
        @played=${this.load}
      ></vr-player>
      ${recording.truncated ? html`<p class="small">${t("history.truncated")}</p>` : nothing}
      ${recording.damaged ? html`<p class="warning">${t("history.damaged")}</p>` : nothing}
    </section>`;
  }

  private said(recording: Recording) {
    const { t } = this.texts;
    const sentence = heard(recording, this.texts);
    const answer = answered(recording, this.texts);
    return html`
      <section>
        <h3>${t("history.heard_at", { satellite: recording.satellite_name })}</h3>
        <blockquote class=${sentence.isWords ? "" : "nothing"}>${sentence.text}</blockquote>
      </section>
      ${
        answer.text
          ? html`<section>
              <h3>${t("history.answered")}</h3>
              <blockquote class=${answer.isWords ? "" : "nothing"}>${answer.text}</blockquote>
            </section>`
          : nothing
      }
    `;
  }

  private kept(recording: Recording) {
    const { t, date } = this.texts;
    const { content, audio_expires, text_expires, held, held_until } = recording;
    const words = content.includes("transcript") || content.includes("response");
    const until = (moment: string | null) => (moment ? date(moment) : t("history.until_deleted"));
    return html`<section>
      <h3>${t("history.how_long")}</h3>
      <dl>
        ${
          content.includes("audio")
            ? html`<dt>${t("history.audio")}</dt>
              <dd>${until(audio_expires)}</dd>`
            : nothing
        }
        ${
          words
            ? html`<dt>${t("history.words")}</dt>
              <dd>${until(text_expires)}</dd>`
            : nothing
        }
        ${
          held && held_until
            ? html`<dt>${t("history.held")}</dt>
              <dd>${t("history.held_until", { until: date(held_until) })}</dd>`
            : nothing
        }
      </dl>
    </section>`;
  }

  private listened(accesses: Details["accesses"]) {
    const { t, date, known } = this.texts;
    return html`<section>
      <h3>${t("history.accesses")}</h3>
      ${
        accesses.length === 0
          ? html`<p class="secondary">${t("history.nobody_listened")}</p>`
          : html`<ul>
              ${accesses.map(
                ({ at, kind, user_id, user_name }) => html`<li>
                  ${known(`access.${kind}`, kind)}
                  <span class="secondary"
                    >${user_name ?? t(user_id ? "history.former_user" : "history.automation")},
                    ${date(at)}</span
                  >
                </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  private actions(recording: Recording) {
    const { t } = this.texts;
    return html`<footer>
      <button @click=${() => this.tell("hold")}>
        ${icon(mdiLockOutline)} ${t(recording.held ? "history.hold_longer" : "history.hold")}
      </button>
      ${
        recording.held
          ? html`<button @click=${() => this.tell("release")}>
            ${icon(mdiLockOpenOutline)} ${t("history.release")}
          </button>`
          : nothing
      }
      <button @click=${() => this.tell("export")}>
        ${icon(mdiDownload)} ${t("history.export")}
      </button>
      <button class="danger" @click=${() => this.tell("delete")}>
        ${icon(mdiDeleteOutline)} ${t("history.delete")}
      </button>
    </footer>`;
  }

  private tell(what: string): void {
    this.dispatchEvent(new Event(what));
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") this.tell("close");
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-details": RecordingDetails;
  }
}
