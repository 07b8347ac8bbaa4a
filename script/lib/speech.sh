# Speech tools as plain commands in $VR_CACHE/bin.
# shellcheck shell=bash

SPEECH_COMMANDS=(espeak-ng flite sox)
SPEECH_PREFIX="$VR_CACHE/speech"

make_speech() {
  local missing=() name
  for name in "${SPEECH_COMMANDS[@]}"; do
    rm -f "$VR_CACHE/bin/$name"
    command -v "$name" >/dev/null || missing+=("$name")
  done
  if ((${#missing[@]})); then
    has_debian || fail "install these by hand, then run this again: ${missing[*]}"
    unpack_debian "$SPEECH_PREFIX" "${missing[@]}"
    for name in "${missing[@]}"; do wrap_speech_command "$name"; done
  fi
  link_ffmpeg
}

# A small script instead of a patched binary, because espeak-ng must also be told where its voices are.
wrap_speech_command() {
  local libraries data
  libraries=$(debian_libraries "$SPEECH_PREFIX")
  data=$(dirname "$(find "$SPEECH_PREFIX/usr" -name phontab | head -n 1)")
  cat >"$VR_CACHE/bin/$1" <<EOF
#!/bin/sh
export ESPEAK_DATA_PATH="\${ESPEAK_DATA_PATH:-$data}"
exec "$(debian_loader "$SPEECH_PREFIX")" --library-path "$libraries:$libraries/pulseaudio" "$SPEECH_PREFIX/usr/bin/$1" "\$@"
EOF
  chmod +x "$VR_CACHE/bin/$1"
}

link_ffmpeg() {
  rm -f "$VR_CACHE/bin/ffmpeg"
  command -v ffmpeg >/dev/null && return
  ln -s "$("$(tools_python)" -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')" "$VR_CACHE/bin/ffmpeg"
}
