{{- /* (dict "root" $ "service" <its values>): whom a service reaches outside, by host: port,
     protocol and addresses. A port alone says enough where TLS is spoken; where mail is
     handed in the server speaks first, and not in TLS. */ -}}
{{- define "filigree.providers" -}}
{{- $all := dict }}
{{- range $host, $given := .service.providers }}
{{- if $given }}
{{- $one := kindIs "map" $given | ternary $given (dict "port" $given) }}
{{- $port := toString $one.port }}
{{- $usual := has $port (list "25" "587" "2525") | ternary "TCP" "TLS" }}
{{- $_ := set $all $host (dict "port" $port "protocol" ($one.protocol | default $usual) "addresses" ($one.addresses | default list)) }}
{{- end }}
{{- end }}
{{- $data := .root.Values.data }}
{{- range $engine, $wanted := dict "bus" .service.bus "database" .service.database }}
{{- $given := get $data $engine }}
{{- if and $wanted $given.outside }}
{{- $_ := set $all $given.outside.host (dict "port" (toString $given.port) "protocol" "TCP" "addresses" ($given.outside.addresses | default list)) }}
{{- end }}
{{- end }}
{{- $all | toYaml }}
{{- end }}
