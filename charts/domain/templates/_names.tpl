{{- /* Each takes (dict "root" $ "name" <service> "service" <its values>). */ -}}

{{- define "filigree.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: filigree
{{- end }}

{{- define "filigree.labels" -}}
{{ include "filigree.selector" . }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
filigree.dev/domain: {{ .root.Values.domain }}
filigree.dev/team: {{ .root.Values.team }}
{{- end }}

{{- define "filigree.metadata" -}}
name: {{ .object | default .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "filigree.labels" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
annotations:
  filigree.dev/owner: {{ .service.owner | quote }}
  filigree.dev/summary: {{ .service.summary | quote }}
{{- end }}

{{- /* (dict "root" $ "name" <object> ): what belongs to the domain as a whole. */ -}}
{{- define "filigree.shared" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  app.kubernetes.io/part-of: filigree
  app.kubernetes.io/instance: {{ .root.Release.Name }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  filigree.dev/domain: {{ .root.Values.domain }}
  filigree.dev/team: {{ .root.Values.team }}
{{- end }}

{{- /* (dict "root" $ "domain" <domain>): where a domain's services live. */ -}}
{{- define "filigree.namespace" -}}
{{- required (printf "namespaces.%s: say where the domain %s lives" .domain .domain) (get .root.Values.namespaces .domain) -}}
{{- end }}

{{- /* (dict "root" $ "name" <service> "domain" <its domain>) */ -}}
{{- define "filigree.host" -}}
{{ .name }}.{{ include "filigree.namespace" . }}.svc.{{ .root.Values.clusterDomain }}
{{- end }}

{{- define "filigree.principal" -}}
{{ .root.Values.mesh.trustDomain }}/ns/{{ include "filigree.namespace" . }}/sa/{{ .name }}
{{- end }}

{{- /* (dict "root" $ "name" <service> "image" <map>): a digest, or what is for development. */ -}}
{{- define "filigree.image" -}}
{{- $given := .image | default dict -}}
{{- $repository := $given.repository | default (printf "%s/%s" .root.Values.images.registry .name) -}}
{{- if $given.reference -}}
  {{- if and .root.Values.images.pinned (not (contains "@sha256:" $given.reference)) -}}
    {{- fail (printf "services.%s.image.reference: %s has no digest; give one, or set images.pinned=false for a development cluster" .name $given.reference) -}}
  {{- end -}}
  {{- $given.reference -}}
{{- else if $given.digest -}}
  {{- printf "%s@%s" $repository $given.digest -}}
{{- else if .root.Values.images.pinned -}}
  {{- fail (printf "services.%s.image.digest: a release names its images by digest; give it, or set images.pinned=false for a development cluster" .name) -}}
{{- else -}}
  {{- printf "%s:%s" $repository ($given.tag | default .root.Values.images.tag) -}}
{{- end -}}
{{- end }}

{{- /* Takes a map with `canary`: whether there is one. It may be there without a share, for
     whose is sent to it before its pod is ready is answered 503. */ -}}
{{- define "filigree.canary" -}}
{{- if or (.canary).weight (.canary).image }}yes{{ end -}}
{{- end }}
