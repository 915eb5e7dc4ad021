#!/usr/bin/env bash
# Two companies in the lab cloud: what is wrong is found before anything changes, then the handshake, each alone and both in one run.
set -eux -o pipefail
made=$(mktemp -d)
trap 'rm -r "$made"' EXIT
AWS_ENDPOINT_URL=$(sed -n 's/^ *endpoint_url: //p' ../../integration_config.yml)
export AWS_ENDPOINT_URL AWS_DEFAULT_REGION=eu-west-1 AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=lab-secret-key-not-secret
export ANSIBLE_PIPELINING=1 ANSIBLE_FORKS=12 ANSIBLE_DISPLAY_SKIPPED_HOSTS=0 ANSIBLE_NOCOLOR=1

python setup.py >"$made/companies.json"

play() { # INVENTORIES, PLAYBOOK AND OPTIONS...
    local each inventories=()
    for each in $1; do inventories+=(-i "$each.yml"); done
    ansible-playbook "${inventories[@]}" -e "@$made/companies.json" -e "made=$made" "${@:2}" | tee "$made/output"
}

says() {
    grep -q "$1" "$made/output"
}

changed() { # OPERATIONS since the last time
    [ "$(python calls.py)" = "$*" ]
}

unchanged() {
    if says 'changed=[1-9]'; then exit 1; fi
    changed ''
}

play cases bad_input.yml
play consumer xeni.aws.privatelink -e endpoint_dns_zone_owner=provider || true
says 'endpoint_dns_zone_owner: provider needs both companies in one run'
changed ''

play 'provider consumer' xeni.aws.privatelink --check --diff
says 'has to be made and accepted first: api.example.com is made then'
changed ''

# Each company alone, as far as the provider's acceptance.
play provider xeni.aws.privatelink
play consumer xeni.aws.privatelink -e "@$made/for_consumers.yml" -e '{"endpoint_consumer_credentials": {"role_arn": "arn:aws:iam::111122223333:role/a"}}'
says 'is pendingAcceptance until the provider accepts it; run this again afterwards: api.example.com is made then'
grep -q 111122223333 "$made/for_provider.yml"
changed CreateVpcEndpointServiceConfiguration ModifyVpcEndpointServicePermissions ChangeResourceRecordSets \
    StartVpcEndpointServicePrivateDnsVerification CreateVpcEndpoint

# Both in one run, from there on and again.
play 'provider consumer' xeni.aws.privatelink
says 'api.example.com leads to vpce-'
changed AcceptVpcEndpointConnections ModifyVpcEndpoint CreateHostedZone ChangeResourceRecordSets
play 'provider consumer' xeni.aws.privatelink
unchanged

play 'provider consumer' xeni.aws.privatelink_teardown --check
changed ''
play 'provider consumer' xeni.aws.privatelink_teardown
changed ChangeResourceRecordSets DeleteHostedZone DeleteVpcEndpoints DeleteVpcEndpointServiceConfigurations ChangeResourceRecordSets
play 'provider consumer' xeni.aws.privatelink_teardown
unchanged
