{{- /* Each takes (dict "root" $ "service" <its values; none is what every service has>). */ -}}

{{- /* A service's own `pods`, laid over everybody's. */ -}}
{{- define "filigree.pods" -}}
{{- merge (dict) ((.service).pods | default dict | deepCopy) (.root.Values.pods | deepCopy) | toYaml -}}
{{- end }}

{{- /* Where a pod runs, as whom, and with whose images. */ -}}
{{- define "filigree.placed" -}}
{{- $values := .root.Values -}}
securityContext:
  runAsNonRoot: true
  {{- with $values.runAsUser }}
  # As a whole number: Helm would write a large one with an exponent.
  runAsUser: {{ int64 . }}
  runAsGroup: {{ int64 . }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- with $values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ quote . }}
  {{- end }}
{{- end }}
{{- $pods := include "filigree.pods" . | fromYaml }}
{{- range $field := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with get $pods $field }}
{{ dict $field . | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{- /* A setting as text. Of a values file Helm has every number as a float, of which seven
     digits are written with an exponent. */ -}}
{{- define "filigree.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}
