import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { View } from "../view.ts";

@customElement("vr-elsewhere")
export class ElsewhereView extends View {
  override render() {
    return html`<h2>${this.texts.t("elsewhere.title")}</h2>`;
  }
}
