{{- /* (dict "root" $ "name" <object>) */ -}}
{{- define "filigree.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  app.kubernetes.io/part-of: filigree
  app.kubernetes.io/instance: {{ .root.Release.Name }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  filigree.dev/team: filigree.platform
{{- end }}

{{- /* (dict "root" $ "text" <rules or a dashboard>): what they ask of namespaces, by the
     names that those have here. */ -}}
{{- define "filigree.ours" -}}
{{- replace "filigree-.+" .root.Values.namespacePattern .text -}}
{{- end }}
