{{- /* A pod's metrics are where its annotations say, whatever kind its address is. */ -}}
{{- define "filigree.relabelings" -}}
- sourceLabels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
  action: keep
  regex: "true"
- sourceLabels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
  targetLabel: __metrics_path__
- sourceLabels: [__meta_kubernetes_pod_annotation_prometheus_io_port, __meta_kubernetes_pod_ip]
  regex: (\d+);([0-9.]+)
  replacement: $2:$1
  targetLabel: __address__
- sourceLabels: [__meta_kubernetes_pod_annotation_prometheus_io_port, __meta_kubernetes_pod_ip]
  regex: (\d+);([0-9a-fA-F:]+)
  replacement: "[$2]:$1"
  targetLabel: __address__
- sourceLabels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
  targetLabel: service
- sourceLabels: [__meta_kubernetes_pod_label_filigree_dev_domain]
  targetLabel: domain
{{- end }}
