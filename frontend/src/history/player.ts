/** Play a recording, with a picture of its sound in which any position can be chosen. */

import { mdiPause, mdiPlay } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, svg } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Api } from "../api.ts";
import { icon } from "../parts/icon.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import { position } from "./format.ts";
import { seeksTo } from "./keys.ts";
import { barsOf, noBars } from "./waveform.ts";

const BARS = 80;

@customElement("vr-player")
export class Player extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .player {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      button.icon {
        flex: none;
        width: 48px;
        min-height: 48px;
        background: var(--primary-color);
        color: var(--text-primary-color, #fff);
      }
      button.icon:hover:not(:disabled) {
        background: color-mix(in srgb, var(--primary-color) 85%, var(--primary-text-color));
      }
      [role="slider"] {
        flex: 1 1 auto;
        min-width: 0;
        height: 56px;
        border-radius: 4px;
        cursor: pointer;
        touch-action: none;
      }
      [aria-disabled="true"] {
        cursor: default;
      }
      svg.wave {
        display: block;
        width: 100%;
        height: 100%;
      }
      rect {
        fill: color-mix(in srgb, var(--primary-text-color) 32%, transparent);
      }
      rect.done {
        fill: var(--primary-color);
      }
      .clock {
        flex: none;
        min-width: 72px;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      p {
        margin-block-start: 4px;
      }
      p.error {
        color: var(--error-color);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: "recording-id" }) recordingId = "";
  /** As the vault says, until the sound itself is here. */
  @property({ type: Number }) seconds = 0;
  @state() private bars = noBars(BARS);
  @state() private at = 0;
  @state() private isPlaying = false;
  @state() private isLoading = false;
  @state() private failure: unknown;
  @state() private source = "";
  @query("audio") private audio!: HTMLAudioElement;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("recordingId")) this.forget();
  }

  override render() {
    const { t } = this.texts;
    const name = t(this.isPlaying ? "history.pause" : "history.play");
    return html`
      <div class="player" dir="ltr">
        <button class="icon" aria-label=${name} ?disabled=${this.isLoading} @click=${this.toggle}>
          ${icon(this.isPlaying ? mdiPause : mdiPlay, 28)}
        </button>
        <div
          role="slider"
          tabindex=${this.source ? 0 : -1}
          aria-label=${t("history.position")}
          aria-disabled=${this.source ? "false" : "true"}
          aria-valuemin="0"
          aria-valuemax=${this.seconds.toFixed(1)}
          aria-valuenow=${this.at.toFixed(1)}
          aria-valuetext=${this.clock}
          @keydown=${this.pressed}
          @pointerdown=${this.pointed}
          @pointermove=${this.pointed}
        >
          ${this.wave()}
        </div>
        <span class="clock small secondary" aria-hidden="true">${this.clock}</span>
        <audio
          src=${this.source || nothing}
          @timeupdate=${this.follow}
          @play=${this.started}
          @pause=${this.stopped}
          @ended=${this.stopped}
        ></audio>
      </div>
      ${
        this.failure
          ? html`<p class="error" role="alert">${this.texts.failure(this.failure)}</p>`
          : html`<p class="small secondary">${t("history.listening_is_noted")}</p>`
      }
    `;
  }

  private get clock(): string {
    return `${position(this.at)} / ${position(Math.ceil(this.seconds))}`;
  }

  private wave() {
    const done = this.seconds ? (this.at / this.seconds) * BARS : 0;
    return html`<svg
      class="wave"
      viewBox="0 0 ${BARS * 4} 100"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      ${this.bars.map(
        (bar, index) => svg`<rect
          class=${index < done ? "done" : ""}
          x=${index * 4 + 0.5}
          y=${50 - bar * 48}
          width="3"
          height=${bar * 96}
          rx="1"
        ></rect>`,
      )}
    </svg>`;
  }

  private async toggle(): Promise<void> {
    if (this.isPlaying) {
      this.audio.pause();
      return;
    }
    if (!this.source) await this.load();
    if (!this.source) return;
    await this.updateComplete;
    // A browser may want to be asked again, now that the sound is here.
    await this.audio.play().catch(() => undefined);
  }

  /** Fetch the sound; whoever asks for it is written down, so not before somebody wants it. */
  private async load(): Promise<void> {
    const wanted = this.recordingId;
    this.isLoading = true;
    this.failure = undefined;
    try {
      const { url } = await this.api.play(wanted);
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(this.texts.t("history.no_sound"));
      const sound = await answer.blob();
      const buffer = await sound.arrayBuffer();
      const decoded = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(buffer);
      if (wanted !== this.recordingId || !this.isConnected) return;
      this.bars = barsOf(decoded.getChannelData(0), BARS);
      this.seconds = decoded.duration;
      this.source = URL.createObjectURL(sound);
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isLoading = false;
    }
    this.dispatchEvent(new Event("played"));
  }

  private forget(): void {
    if (this.source) URL.revokeObjectURL(this.source);
    this.source = "";
    this.at = 0;
    this.isPlaying = false;
    this.failure = undefined;
    this.bars = noBars(BARS);
  }

  private started(): void {
    this.isPlaying = true;
    const step = () => {
      if (!this.isPlaying) return;
      this.follow();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  private stopped(): void {
    this.isPlaying = false;
    this.follow();
  }

  private follow(): void {
    this.at = Math.min(this.audio.currentTime, this.seconds);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      void this.toggle();
      return;
    }
    const to = seeksTo(event.key, this.at, this.seconds);
    if (to === undefined || !this.source) return;
    event.preventDefault();
    this.seek(to);
  }

  private pointed(event: PointerEvent): void {
    if (!this.source || !(event.buttons & 1)) return;
    const slider = event.currentTarget as HTMLElement;
    slider.setPointerCapture(event.pointerId);
    const { left, width } = slider.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - left) / width, 0), 1);
    this.seek(share * this.seconds);
  }

  private seek(seconds: number): void {
    this.audio.currentTime = seconds;
    this.at = seconds;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-player": Player;
  }
}
