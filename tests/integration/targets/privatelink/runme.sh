#!/usr/bin/env bash
# Two companies in the lab cloud: what is wrong is found first, then the handshake, each alone and both in one run.
set -eux -o pipefail
made=$(mktemp -d)
trap 'rm -r "$made"' EXIT
AWS_ENDPOINT_URL=$(sed -n 's/^ *endpoint_url: //p' ../../integration_config.yml)
export AWS_ENDPOINT_URL AWS_DEFAULT_REGION=eu-west-1 AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=lab-secret-key-not-secret
export ANSIBLE_PIPELINING=1 ANSIBLE_FORKS=12 ANSIBLE_DISPLAY_SKIPPED_HOSTS=0 ANSIBLE_NOCOLOR=1

python setup.py >"$made/companies.json"

play() { # INVENTORIES PLAYBOOKS...
    local each inventories=()
    for each in $1; do inventories+=(-i "$each.yml"); done
    shift
    ansible-playbook "${inventories[@]}" -e "@$made/companies.json" -e "made=$made" "$@" | tee "$made/output"
}

says() {
    grep -q "$1" "$made/output"
}

unchanged() {
    if says 'changed=[1-9]'; then exit 1; fi
}

called() { # OPERATIONS, as JSON: those that changed something since the last time
    play provider calls.yml -e "{\"expected\": $1}"
}

play cases bad_input.yml
play consumer xeni.aws.privatelink -e endpoint_dns_zone_owner=provider || true
says 'endpoint_dns_zone_owner: provider needs both companies in one run'
called '[]'

# Nothing is there yet.
play 'provider consumer' xeni.aws.privatelink --check --diff
says 'has to be made and accepted first: api.example.internal is made then'
called '[]'

# Each company alone, which ends before acceptance.
play consumer xeni.aws.privatelink
says "Give $made/for_provider.yml to the provider"
play provider xeni.aws.privatelink -e "@$made/for_provider.yml"
play consumer xeni.aws.privatelink -e "@$made/for_consumers.yml"
says 'is pendingAcceptance until the provider accepts it'

# Both in one run, from there on and again.
play 'provider consumer' xeni.aws.privatelink
called '["AcceptVpcEndpointConnections", "ModifyVpcEndpoint", "CreateHostedZone", "ChangeResourceRecordSets"]'
play 'provider consumer' xeni.aws.privatelink
unchanged
called '[]'

play 'provider consumer' xeni.aws.privatelink_teardown
called '["DeleteHostedZone"]'
play 'provider consumer' xeni.aws.privatelink_teardown
unchanged
