#!/usr/bin/env bash
# A cluster on this machine with Istio, the engines and every domain: for a look, not for
# production. `kind delete cluster --name filigree` removes all of it.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for tool in docker kind kubectl helm skaffold; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if ((${#missing[@]})); then
  echo "make kind needs ${missing[*]}; nothing was started" >&2
  exit 1
fi
if ! docker info >/dev/null 2>&1; then
  echo "make kind needs a running Docker; nothing was started" >&2
  exit 1
fi

# Where Docker keeps images as containerd does, what it adds about an image's making is not
# always in what it saves, and kind refuses to load an image without it.
export BUILDX_NO_DEFAULT_ATTESTATIONS=1

kind get clusters | grep -qx filigree \
  || kind create cluster --name filigree --config platform/kind/cluster.yaml --wait 5m
kubectl config use-context kind-filigree >/dev/null

# Bus and database wait for their Secrets, which need the namespaces that this makes.
skaffold run --module mesh
.venv/bin/filigree secrets | kubectl apply --filename -
kubectl --namespace filigree-data wait --for=condition=Ready --timeout=10m \
  pod --selector app.kubernetes.io/name=nats
kubectl --namespace filigree-data wait --for=condition=Ready --timeout=10m \
  cluster.postgresql.cnpg.io/postgresql

# The domains call one another: all are there before any is waited for.
domains=()
for home in services/*/; do
  # Python leaves a folder of its own beside them.
  if compgen -G "$home*/service.yaml" >/dev/null; then domains+=("$(basename "$home")"); fi
done
skaffold run --profile ci --iterative-status-check=false \
  --module "$(IFS=,; echo "${domains[*]}")"
for domain in "${domains[@]}"; do
  helm test "filigree-$domain" --namespace "filigree-$domain"
done
echo "kubectl --namespace filigree-infrastructure port-forward service/api-gateway 8000:8000"
