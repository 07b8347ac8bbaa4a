import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { View } from "../view.ts";

@customElement("vr-home")
export class HomeView extends View {
  override render() {
    return html`<h2>${this.texts.t("home.title")}</h2>`;
  }
}
