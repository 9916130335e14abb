{{- /* (dict "root" $ "name" "service" "track" <stable|canary> "image" <map>) */ -}}
{{- define "filigree.deployment" }}
{{- $values := .root.Values }}
{{- $object := eq .track "canary" | ternary (printf "%s-canary" .name) .name }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "filigree.metadata" (merge (dict "object" $object) .) | nindent 2 }}
    {{- if not (.service.resources.cpuLimit | default $values.cpuLimit) }}
    checkov.io/skip1: CKV_K8S_11=A CPU limit throttles a service that others wait for; requests share the node
    {{- end }}
    checkov.io/skip2: CKV_K8S_35=A service reads its settings once, from its environment; no other container shares it
    {{- if .service.kubernetesApi }}
    checkov.io/skip3: CKV_K8S_38=It watches the endpoints of services, and its token may do nothing else
    {{- end }}
spec:
  {{- if eq .track "canary" }}
  replicas: 1
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "filigree.selector" . | nindent 6 }}
      filigree.dev/track: {{ .track }}
  template:
    metadata:
      labels:
        {{- include "filigree.labels" . | nindent 8 }}
        filigree.dev/track: {{ .track }}
        {{- if $values.mesh.enabled }}
        sidecar.istio.io/inject: "true"
        # What the mesh's metrics tell a canary by.
        service.istio.io/canonical-revision: {{ .track }}
        {{- end }}
        {{- with (include "filigree.pods" . | fromYaml).labels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .name }}
        prometheus.io/scrape: "true"
        prometheus.io/port: {{ .service.port | quote }}
        prometheus.io/path: /metrics
        {{- if $values.mesh.enabled }}
        {{- with $values.mesh.proxy }}
        sidecar.istio.io/proxyCPU: {{ .cpu | quote }}
        sidecar.istio.io/proxyMemory: {{ .memory | quote }}
        sidecar.istio.io/proxyMemoryLimit: {{ .memoryLimit | quote }}
        {{- with .cpuLimit }}
        sidecar.istio.io/proxyCPULimit: {{ . | quote }}
        {{- end }}
        # Without it, and without a limit of CPU, a thread for each core of the node.
        proxy.istio.io/config: {{ dict "concurrency" .threads | toJson | quote }}
        {{- end }}
        # A native sidecar starts before the service and stops after it.
        sidecar.istio.io/nativeSidecar: "true"
        {{- end }}
        {{- with (include "filigree.pods" . | fromYaml).annotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ .name }}
      automountServiceAccountToken: {{ .service.kubernetesApi }}
      enableServiceLinks: false
      # Longer than what is slept before a stop and what a request in flight may take.
      terminationGracePeriodSeconds: 50
      {{- include "filigree.placed" . | nindent 6 }}
      topologySpreadConstraints:
        {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - maxSkew: 1
          topologyKey: {{ . }}
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "filigree.selector" $ | nindent 14 }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "filigree.image" . | quote }}
          imagePullPolicy: {{ $values.images.pullPolicy }}
          {{- if $values.reload }}
          command: [python, /app/reload.py]
          {{- end }}
          ports:
            - name: http
              containerPort: {{ .service.port }}
              protocol: TCP
          env:
            {{- include "filigree.env" . | nindent 12 }}
          {{- if .service.providers }}
          # Credentials of its providers, where there are any.
          envFrom:
            - secretRef:
                name: {{ .name }}-providers
                optional: true
          {{- end }}
          {{- /* What does not start while its code is changed is mended in its pod. */}}
          {{- if not $values.reload }}
          # Minutes: where a whole domain starts at once on a few busy cores, each service
          # needs more than one, and who is killed for it starts from nothing.
          startupProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 1
            timeoutSeconds: 2
            failureThreshold: 300
          livenessProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          {{- end }}
          readinessProbe:
            httpGet: {path: /health/ready, port: http}
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
          lifecycle:
            preStop:
              # Until no endpoint list names this pod any more.
              sleep: {seconds: 5}
          resources:
            requests:
              cpu: {{ .service.resources.cpu }}
              memory: {{ .service.resources.memory }}
              ephemeral-storage: {{ $values.tmp }}
            limits:
              # What watches the code for changes is a second process.
              memory: {{ $values.reload | ternary "256Mi" .service.resources.memoryLimit }}
              {{- with .service.resources.cpuLimit | default $values.cpuLimit }}
              cpu: {{ . }}
              {{- end }}
              # /tmp, and what the kubelet keeps of the lines of every container.
              ephemeral-storage: 256Mi
          securityContext:
            allowPrivilegeEscalation: false
            privileged: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- if $values.trust.configMap }}
            - {name: trust, mountPath: /etc/filigree/trust, readOnly: true}
            {{- end }}
            {{- if $values.reload }}
            - {name: code, mountPath: /code}
            {{- end }}
      volumes:
        {{- if $values.trust.configMap }}
        - name: trust
          configMap: {name: {{ quote $values.trust.configMap }}}
        {{- end }}
        {{- if $values.reload }}
        - name: code
          emptyDir: {sizeLimit: 64Mi}
        {{- end }}
        - name: tmp
          emptyDir: {sizeLimit: {{ $values.tmp }}}
{{- end }}

{{- /* Plain values first, then what comes from Secrets; both in the order of their names. */ -}}
{{- define "filigree.env" -}}
{{- $root := .root }}
{{- $plain := dict "FILIGREE_PUBLIC_URL" $root.Values.publicUrl "FILIGREE_SERVICE" .name "LOG_LEVEL" $root.Values.logLevel "PORT" (toString .service.port) }}
{{- range $callee, $call := .service.calls }}
{{- $host := include "filigree.host" (dict "root" $root "name" $callee "domain" $call.domain) }}
{{- $_ := set $plain (printf "FILIGREE_URL_%s" ($callee | upper | replace "-" "_")) (printf "http://%s:%v" $host $call.port) }}
{{- end }}
{{- range $setting, $beside := .service.inCluster }}
{{- with $beside }}
{{- $_ := set $plain $setting (printf "http://%s.%s.svc.%s:%v" .service .namespace $root.Values.clusterDomain .port) }}
{{- end }}
{{- end }}
{{- with $root.Values.trust.configMap }}
{{- $_ := set $plain "SSL_CERT_FILE" (printf "/etc/filigree/trust/%s" $root.Values.trust.key) }}
{{- end }}
{{- $env := merge (dict) (.service.env | default dict) $root.Values.env $plain }}
{{- $secret := concat (list "FILIGREE_INTERNAL_KEYS") (keys (.service.secrets | default dict)) }}
{{- if .service.bus }}{{ $secret = append $secret "NATS_URL" }}{{ end }}
{{- if .service.database }}{{ $secret = append $secret "DATABASE_URL" }}{{ end }}
{{- range $secret }}
{{- if hasKey $env . }}
{{- fail (printf "services.%s.env.%s: it comes from a Secret; put it there" $.name .) }}
{{- end }}
{{- end }}
{{- range $key, $value := $env }}
- {name: {{ quote $key }}, value: {{ include "filigree.text" $value | quote }}}
{{- end }}
- name: FILIGREE_INTERNAL_KEYS
  valueFrom: {secretKeyRef: {name: {{ $root.Values.secrets.internal }}, key: keys}}
{{- if .service.bus }}
- name: NATS_URL
  valueFrom: {secretKeyRef: {name: {{ .name }}-bus, key: url}}
{{- end }}
{{- if .service.database }}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ .name }}-database, key: url}}
{{- end }}
{{- range $key, $secret := .service.secrets }}
- name: {{ $key }}
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ $key }}}}
{{- end }}
{{- end }}
