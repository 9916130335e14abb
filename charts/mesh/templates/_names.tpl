{{- define "filigree.labels" -}}
app.kubernetes.io/part-of: filigree
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
filigree.dev/domain: mesh
filigree.dev/team: filigree.platform
{{- end }}

{{- /* What makes Istio put its proxy into a namespace's pods. */ -}}
{{- define "filigree.injection" -}}
{{- if .Values.mesh.revision -}}
istio.io/rev: {{ quote .Values.mesh.revision }}
{{- else -}}
istio-injection: enabled
{{- end -}}
{{- end }}
