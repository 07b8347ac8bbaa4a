/** One satellite: where its voice goes, what it may send, and how long what it hears is kept. */

import { mdiDeleteOutline } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { type Hass, navigate } from "../hass.ts";
import { icon } from "../parts/icon.ts";
import "../parts/locality.ts";
import "../parts/select.ts";
import "../parts/switch.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Home, Satellite, SettingKey } from "../types.ts";
import "./path.ts";
import { closedFor } from "./steps.ts";

export const OTHER_CLIENTS = "other";

@customElement("vr-satellite")
export class SatelliteCard extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .card {
        display: flex;
        flex-direction: column;
        gap: 24px;
        padding: 16px 24px 24px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
      }
      header h3 {
        font-size: var(--ha-font-size-l, 16px);
      }
      .paths {
        display: flex;
        flex-direction: column;
        gap: 24px;
      }
      summary {
        cursor: pointer;
      }
      details .paths {
        margin-block-start: 16px;
      }
      .settings {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 8px 48px;
        padding-block-start: 16px;
        border-block-start: var(--vr-line);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      .heard {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
      }
      @media (max-width: 600px) {
        .card {
          padding: 16px;
        }
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) satellite!: Satellite;
  @property({ attribute: false }) defaults!: Home["defaults"];

  override render() {
    const { t } = this.texts;
    const { name, area, recordings } = this.satellite;
    return html`<article class="card" aria-labelledby="name">
      <header>
        <div class="grow">
          <h3 id="name">${name}</h3>
          ${area ? html`<div class="secondary small">${area}</div>` : nothing}
        </div>
        <button
          class="plain"
          ?disabled=${recordings === 0}
          aria-describedby="name"
          @click=${() => this.dispatchEvent(new Event("ask-delete"))}
        >
          ${icon(mdiDeleteOutline)} ${t("home.delete")}
        </button>
      </header>
      ${this.paths()}
      <div class="settings">
        ${this.switch("dont_send_audio")} ${this.select("keep_recordings")}
        ${this.switch("dont_send_text")} ${this.select("keep_transcripts")}
      </div>
      ${this.facts()}
    </article>`;
  }

  private paths(): TemplateResult {
    const { key, paths, name } = this.satellite;
    if (paths.length === 0) {
      return html`<p class="secondary">${this.texts.t("home.no_path")}</p>`;
    }
    const closed = closedFor(this.hass, this.satellite, this.defaults);
    const pictures = html`<div class="paths">
      ${paths.map(
        (path) =>
          html`<vr-path
            .texts=${this.texts}
            .path=${path}
            .from=${name}
            .closed=${closed}
          ></vr-path>`,
      )}
    </div>`;
    if (key !== OTHER_CLIENTS) return pictures;
    // Apps and browsers may choose any assistant: one picture of each would bury the rest.
    const isOpen = paths.some(({ steps }) => steps.some(({ is_gap }) => is_gap));
    return html`<details ?open=${isOpen}>
      <summary>${this.texts.t("home.any_assistant", { count: paths.length })}</summary>
      ${pictures}
    </details>`;
  }

  private switch(key: SettingKey): TemplateResult {
    const entityId = this.satellite.entities[key];
    if (!entityId) return this.disabled("switch", key);
    return html`<vr-switch
      .hass=${this.hass}
      .texts=${this.texts}
      .entityId=${entityId}
      .label=${this.texts.entity("switch", key)}
      .about=${this.satellite.name}
    ></vr-switch>`;
  }

  private select(key: "keep_recordings" | "keep_transcripts"): TemplateResult {
    const entityId = this.satellite.entities[key];
    if (!entityId) return this.disabled("select", key);
    return html`<vr-select
      .hass=${this.hass}
      .texts=${this.texts}
      .entityId=${entityId}
      .defaultEntityId=${this.defaults[key] ?? ""}
      .label=${this.texts.entity("select", key)}
      .about=${this.satellite.name}
    ></vr-select>`;
  }

  private disabled(platform: string, key: SettingKey): TemplateResult {
    return html`<div class="secondary">
      ${this.texts.entity(platform, key)}: ${this.texts.t("home.disabled")}
    </div>`;
  }

  private facts(): TemplateResult {
    const { t, number, relative } = this.texts;
    const { key, recordings, last_heard } = this.satellite;
    return html`<div class="facts small">
      ${
        recordings
          ? html`<a href="/voice-retention/history?satellite=${key}" @click=${follow}>
            ${t("home.recordings", { count: number(recordings) })}
          </a>`
          : html`<span class="secondary">${t("home.no_recordings")}</span>`
      }
      ${
        last_heard
          ? html`<span class="heard">
            <span class="secondary">
              ${t("home.last_heard", {
                engine: last_heard.engine_name,
                when: relative(last_heard.at),
              })}
            </span>
            <vr-locality .texts=${this.texts} .locality=${last_heard.locality}></vr-locality>
          </span>`
          : nothing
      }
      ${this.sent()}
    </div>`;
  }

  private sent(): TemplateResult | typeof nothing {
    const { audio_bytes, characters } = this.satellite.sent_to_cloud;
    if (!audio_bytes && !characters) return nothing;
    const { t, bytes, number } = this.texts;
    const amounts = [
      audio_bytes ? t("home.sent_voice", { size: bytes(audio_bytes) }) : "",
      characters ? t("home.sent_text", { count: number(characters) }) : "",
    ];
    return html`<span class="secondary">
      ${t("home.sent")} ${amounts.filter(Boolean).join(" · ")}
    </span>`;
  }
}

function follow(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { pathname, search } = event.currentTarget as HTMLAnchorElement;
  navigate(pathname + search);
}
