/** The picture of one way that voice takes: from the satellite over its engines to the answer. */

import { mdiSpeaker } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../parts/icon.ts";
import "../parts/locality.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Step, VoicePath } from "../types.ts";
import {
  type Closed,
  PICTURES,
  PROTECTION_PICTURES,
  type Protection,
  protectionOf,
} from "./steps.ts";

@customElement("vr-path")
export class PathPicture extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      h4 {
        margin: 0 0 8px;
        font-size: var(--ha-font-size-s, 12px);
        font-weight: var(--ha-font-weight-medium, 500);
        color: var(--secondary-text-color);
      }
      ol {
        display: flex;
        flex-direction: column;
      }
      li {
        --tone: var(--secondary-text-color);
        position: relative;
        display: grid;
        grid-template-columns: 40px minmax(0, 1fr);
        column-gap: 12px;
        padding-block-end: 16px;
      }
      li:last-child {
        padding-block-end: 0;
      }
      /* The line to the next step; dashed where nothing passes. */
      li:not(:last-child)::after {
        content: "";
        position: absolute;
        inset-block: 40px 0;
        inset-inline-start: 19px;
        border-inline-start: 2px solid var(--next, var(--divider-color));
      }
      li.before-kept::after {
        border-inline-start-style: dashed;
      }
      .local {
        --tone: var(--vr-local);
      }
      .cloud {
        --tone: var(--vr-cloud);
      }
      .unproven {
        --tone: var(--vr-unproven);
      }
      .disc {
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        border-radius: 50%;
        color: var(--tone);
        background: color-mix(in srgb, var(--tone) 14%, transparent);
      }
      .gap .disc {
        color: var(--card-background-color);
        background: var(--vr-cloud);
      }
      .kept .disc {
        color: var(--secondary-text-color);
        background: none;
        border: 2px dashed var(--secondary-text-color);
      }
      .kept .name {
        color: var(--secondary-text-color);
        text-decoration: line-through;
      }
      .what {
        display: flex;
        flex-direction: column;
        align-items: flex-start;
        gap: 4px;
        min-width: 0;
      }
      .name {
        font-weight: var(--ha-font-weight-medium, 500);
        overflow-wrap: anywhere;
      }
      .protection {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.4;
      }
      .protection svg {
        color: var(--vr-local);
      }
      .gap .protection {
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .gap .protection svg {
        color: var(--vr-cloud);
      }
      button.why {
        min-height: 24px;
        margin-inline-start: -8px;
        padding: 0 8px;
        border-radius: 12px;
        background: none;
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s, 12px);
        font-weight: var(--ha-font-weight-normal, 400);
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      .evidence {
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }
      @container (min-width: 680px) {
        ol {
          flex-direction: row;
        }
        li {
          flex: 1 1 0;
          display: flex;
          flex-direction: column;
          gap: 8px;
          padding: 0;
          padding-inline-end: 16px;
        }
        li:first-child {
          flex: 0.7 1 0;
        }
        li:not(:last-child)::after {
          inset-block: 19px auto;
          inset-inline: 48px 8px;
          border-inline-start-width: 0;
          border-block-start: 2px solid var(--next, var(--divider-color));
        }
        li.before-kept::after {
          border-block-start-style: dashed;
        }
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) path!: VoicePath;
  /** What is at the beginning: the satellite. */
  @property() from = "";
  @property({ attribute: false }) closed: Closed = { audio: false, text: false };
  @state() private readonly open = new Set<string>();

  override render() {
    const { path } = this;
    const states = path.steps.map((step) => protectionOf(step, this.closed));
    return html`
      <h4>${this.heading()}</h4>
      <ol aria-label=${this.heading()}>
        <li class=${states[0] === "kept" ? "before-kept" : ""} style=${lineTo(path.steps[0])}>
          <span class="disc">${icon(mdiSpeaker)}</span>
          <div class="what"><span class="name">${this.from}</span></div>
        </li>
        ${path.steps.map((step, index) => this.step(step, states, index))}
      </ol>
    `;
  }

  private heading(): string {
    const { wake_word, pipeline_name } = this.path;
    const { t } = this.texts;
    return wake_word
      ? t("home.path_after_word", { word: wake_word, pipeline: pipeline_name })
      : pipeline_name;
  }

  private step(step: Step, states: Protection[], index: number): TemplateResult {
    const { t } = this.texts;
    const protection = states[index] ?? "open";
    const next = this.path.steps[index + 1];
    const dashed = states[index + 1] === "kept" ? "before-kept" : "";
    const isOpen = this.open.has(step.kind);
    return html`<li class="${step.locality} ${protection} ${dashed}" style=${lineTo(next)}>
      <span class="disc">${icon(PICTURES[step.kind])}</span>
      <div class="what">
        <span class="secondary small">${t(`steps.${step.kind}`)}</span>
        <span class="name">${step.engine_name}</span>
        <vr-locality .texts=${this.texts} .locality=${step.locality}></vr-locality>
        ${
          protection === "open"
            ? nothing
            : html`<span class="protection">
              ${icon(PROTECTION_PICTURES[protection], 16)} ${t(`protection.${protection}`)}
            </span>`
        }
        <button
          class="why"
          aria-expanded=${isOpen}
          aria-label=${t("home.why_of", { engine: step.engine_name })}
          @click=${() => this.toggle(step.kind)}
        >
          ${t("home.why")}
        </button>
        ${isOpen ? html`<p class="evidence secondary small">${step.evidence}</p>` : nothing}
      </div>
    </li>`;
  }

  private toggle(kind: string): void {
    if (!this.open.delete(kind)) this.open.add(kind);
    this.requestUpdate();
  }
}

/** The line has the colour of where it leads. */
function lineTo(step: Step | undefined): string {
  return step ? `--next: var(--vr-${step.locality})` : "";
}
