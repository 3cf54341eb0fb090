"""Projects, their sheet, and what a server says of each: the same in every row."""
import json

MEDIA = "application/vnd.atlas.2023-01-01+json"
ORGANISATION = "5e1f00000000000000000001"
ROLE = "5e1f0000000000000000a0e1"


def project(number):
    return f"{number:024x}"


def write_sheet(path, projects):
    with open(path, "w") as sheet:
        sheet.write("project_id,owner\n")
        for number in range(1, projects + 1):
            sheet.write(f"{project(number)},team-{number % 40}\n")


def state(search_nodes):
    """Of `encryptionAtRest`, as JSON."""
    return json.dumps({
        "awsKms": {"enabled": False}, "azureKeyVault": {"enabled": False},
        "googleCloudKms": {
            "enabled": True, "valid": True, "roleId": ROLE,
            "keyVersionResourceID": "projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"},
        "enabledForSearchNodes": search_nodes})


def about(number):
    """Of `GET /groups/{id}`; `number` is the id."""
    return json.dumps({"id": number, "name": "project", "orgId": ORGANISATION, "clusterCount": 1})


ORGANISATIONS = json.dumps({"results": [{"id": ORGANISATION, "name": "organisation"}], "totalCount": 1})
TOKEN = json.dumps({"access_token": "benchmark-token-0123456789abcdef", "expires_in": 3600, "token_type": "Bearer"})
# What keyshift sends for a state whose search nodes are off.
CHANGE = json.dumps({
    "enabledForSearchNodes": True,
    "googleCloudKms": {
        "enabled": True, "roleId": ROLE,
        "keyVersionResourceID": "projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"},
}, sort_keys=True, separators=(",", ":"))
