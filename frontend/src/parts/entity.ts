/** Show an entity of Home Assistant, and change it: at once for the eye, but only as true as Home Assistant says. */

import { LitElement } from "lit";
import { property, state } from "lit/decorators.js";
import type { EntityState, Hass } from "../hass.ts";
import type { Texts } from "../texts.ts";

/** Seconds after which a change that Home Assistant confirmed, but that did not come true, is given up. */
const PATIENCE = 3;

export abstract class EntityControl extends LitElement {
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: "entity-id" }) entityId = "";
  @property() label = "";
  /** What the person chose, until Home Assistant has it. */
  @state() private chosen: string | undefined;
  private timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  override willUpdate(): void {
    if (this.chosen !== undefined && this.entity?.state === this.chosen) this.forget();
  }

  protected get entity(): EntityState | undefined {
    return this.hass.states[this.entityId];
  }

  /** What to show: the choice while it is on its way, otherwise what is. */
  protected get shown(): string | undefined {
    return this.chosen ?? this.entity?.state;
  }

  protected get isUnavailable(): boolean {
    const current = this.entity?.state;
    return current === undefined || current === "unavailable" || current === "unknown";
  }

  /** Show the choice at once; take it back if it did not work. */
  protected async choose(chosen: string, call: () => Promise<unknown>): Promise<void> {
    this.forget();
    this.chosen = chosen;
    try {
      await call();
      this.timer = window.setTimeout(() => this.forget(), PATIENCE * 1000);
    } catch {
      // Home Assistant itself has told the person why.
      this.forget();
    }
  }

  private forget(): void {
    window.clearTimeout(this.timer);
    this.chosen = undefined;
  }
}
