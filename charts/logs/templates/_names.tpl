{{- define "filigree.name" -}}
log-agent
{{- end }}

{{- define "filigree.selector" -}}
app.kubernetes.io/name: {{ include "filigree.name" . }}
app.kubernetes.io/part-of: filigree
{{- end }}

{{- define "filigree.metadata" -}}
name: {{ include "filigree.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "filigree.selector" . | nindent 2 }}
  app.kubernetes.io/instance: {{ .Release.Name }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  filigree.dev/domain: logs
  filigree.dev/team: filigree.platform
{{- end }}

{{- define "filigree.logging" -}}
{{ .Values.logging.service }}.{{ .Values.logging.namespace }}.svc.{{ .Values.clusterDomain }}
{{- end }}
