import AtlasAPI
import MigrationCore

/// What to do about an error code of the API, a transport's word for no answer, or a bare status (facts 7.2).
///
/// Each action is the beginning of a sentence; codes that the retry table waits for mean here that waiting
/// did not help.
enum ErrorAdvice {
    static func action(_ code: String) -> String? { actions[code] }

    static func action(_ status: Int) -> String? {
        switch status {
        case 401: "Give the credentials the Project Owner role in this project"
        case 402: "Settle the organisation's billing in Atlas"
        case 403: "Ask what forbids it in Atlas: a role, a policy or a feature that the project lacks"
        case 404: "Check that the project, its role and its key exist"
        case 405: "Wait until Atlas's maintenance is over"
        case 409: "End the other change to the project, or the condition that the detail names"
        case 429: "Wait some minutes and use a lower --rate"
        case 500...599: "Wait until Atlas answers well again"
        default: nil
        }
    }

    static let actions: [String: String] = {
        var actions: [String: String] = [:]
        for (action, codes) in cloudIdentity + keys + projects + requests + access + waiting {
            for code in codes { actions[code] = action }
        }
        return actions
    }()

    private typealias Row = (String, [String])

    private static let cloudIdentity: [Row] = [
        (
            "Check the role's trust policy in AWS: it must name Atlas's account and the right external id",
            ["CANNOT_ASSUME_ROLE"]
        ),
        ("Check that the AWS role or credentials may use the key", ["INVALID_AWS_CREDENTIALS"]),
        (
            "Authorise the role in the project's cloud provider access",
            ["CLOUD_PROVIDER_ACCESS_ROLE_NOT_AUTHORIZED"]
        ),
        (
            "Check the Azure service principal: its consent, and its access to the key vault",
            ["INVALID_AZURE_CREDENTIALS", "CANNOT_AUTHENTICATE_SERVICE_PRINCIPAL"]
        ),
        (
            "Give the service account that Atlas uses roles/cloudkms.cryptoKeyEncrypterDecrypter and "
                + "roles/cloudkms.viewer on the key",
            ["NO_PERMISSION_TO_ENCRYPT_DECRYPT"]
        ),
        (
            "Check that the Google service account exists, is enabled and may use the key",
            ["INVALID_GOOGLE_CLOUD_CREDENTIALS"]
        ),
        (
            "Use a role in the target: Atlas takes no static credentials here any more",
            ["AWS_KMS_CREDENTIALS_AUTH_DEPRECATED", "AZURE_KEY_VAULT_CREDENTIALS_DEPRECATED"]
        ),
    ]

    private static let keys: [Row] = [
        (
            "Wait until the key version has been generated",
            ["GOOGLE_CLOUD_KMS_KEY_VERSION_PENDING_GENERATION"]
        ),
        (
            "Fix the key: this version is destroyed, and the project needs one that works",
            ["GOOGLE_CLOUD_KMS_KEY_VERSION_DESTROYED"]
        ),
        (
            "Restore the key version in Google Cloud before it is destroyed",
            ["GOOGLE_CLOUD_KMS_KEY_VERSION_DESTROY_SCHEDULED"]
        ),
        ("Enable the key version in Google Cloud", ["GOOGLE_CLOUD_KMS_KEY_VERSION_DISABLED"]),
        (
            "Fix the key: no such version can be found in Google Cloud",
            ["GOOGLE_CLOUD_KMS_KEY_VERSION_NOT_FOUND"]
        ),
        (
            "Restore Atlas's access to the project's present key before any change",
            ["ENCRYPTION_AT_REST_SETTINGS_INVALID"]
        ),
        ("Enable the key in AWS", ["AWS_KMS_CUSTOMER_MASTER_KEY_NOT_ENABLED"]),
        ("Cancel the deletion of the key in AWS", ["AWS_KMS_CUSTOMER_MASTER_KEY_PENDING_DELETION"]),
        ("Import the key's material in AWS", ["AWS_KMS_CUSTOMER_MASTER_KEY_PENDING_IMPORT"]),
        ("Use a key in a region that Atlas supports", ["AWS_KMS_REGION_NOT_SUPPORTED"]),
        ("Check customerMasterKeyID and region", ["AWS_CUSTOMER_MASTER_KEY_NOT_FOUND"]),
        (
            "Enable or renew the key in Azure",
            azure(["KEY_EXPIRED", "KEY_EXPIRING", "KEY_NOT_ACTIVE", "KEY_NOT_ENABLED"])
        ),
        ("Check keyVaultName and keyIdentifier", azure(["KEY_IDENTIFIER_INVALID_FORMAT", "KEY_NOT_FOUND"])),
        ("Use an azureEnvironment that Atlas supports", azure(["ENVIRONMENT_NOT_SUPPORTED"])),
        ("Check the key vault's settings in Azure", ["INVALID_AZURE_API_REQUEST"]),
    ]

    private static func azure(_ codes: [String]) -> [String] { codes.map { "AZURE_KEY_VAULT_" + $0 } }

    private static let projects: [Row] = [
        (
            "Leave the project out, or make it fit for encryption with its own keys",
            [
                "INVALID_ENCRYPTION_AT_REST_PROVIDER", "ENCRYPTION_AT_REST_NOT_ENABLED",
                "ENCRYPTION_AT_REST_PROVIDER_NOT_SUPPORTED", "CANNOT_USE_ENCRYPTION_AT_REST_TENANT",
                "CANNOT_ROTATE_KEY_ENCRYPTION_DISABLED", "FEATURE_UNSUPPORTED", "UNSUPPORTED_FEATURE",
            ]
        ),
        ("Move the project's clusters to a size that can use its own keys", ["INSUFFICIENT_INSTANCE_SIZE"]),
        (
            "Leave encryption on: the project's backup compliance policy needs it",
            [
                "CANNOT_DISABLE_ENCRYPTION_AT_REST_WITH_BACKUP_COMPLIANCE_POLICY",
                "CAN_NOT_DISABLE_ALL_ENCRYPTION_AT_REST_SETTINGS_WHILE_BACKUP_COMPLIANCE_POLICY_ENCRYPTION_ENABLED",
            ]
        ),
        (
            "Keep requirePrivateNetworking true, or delete the private endpoints of the project's keys",
            ["CANNOT_DISABLE_ENCRYPTION_AT_REST_REQUIRE_PRIVATE_NETWORKING_WHILE_PRIVATE_ENDPOINTS_EXIST"]
        ),
        (
            "Leave encryption on, or delete the private endpoints of the project's keys",
            ["CANNOT_DISABLE_ENCRYPTION_AT_REST_DUE_TO_PRIVATE_ENDPOINTS"]
        ),
        (
            "Leave encryption on: clusters of the project still use the key",
            ["CANNOT_DISABLE_ENCRYPTION_AT_REST"]
        ),
        ("Switch the other provider off first", ["CANNOT_CHANGE_ENCRYPTION_AT_REST_PROVIDER"]),
        ("Resume the project's paused cluster", ["CANNOT_UPDATE_PAUSED_CLUSTER"]),
        ("Wait until other changes to the project have ended", ["AUTOMATION_CONFIG_CONCURRENT_MODIFICATION"]),
        (
            "Settle the organisation's billing in Atlas",
            ["ACCOUNT_SUSPENDED", "NO_PAYMENT_INFORMATION_FOUND"]
        ),
        (
            "Ask the organisation's owner about the resource policy that forbids it",
            ["ATLAS_RESOURCE_POLICIES_VIOLATION_NOT_AUTHORIZED"]
        ),
    ]

    private static let requests: [Row] = [
        (
            "Correct the field that the detail names, in the target file or in the sheet",
            [
                "VALIDATION_ERROR", "ATTRIBUTE_READ_ONLY", "MISSING_ATTRIBUTE", "MISSING_ATTRIBUTES",
                "INVALID_ATTRIBUTE", "INVALID_ENUM_VALUE", "INVALID_JSON_ATTRIBUTE",
            ]
        ),
        (
            "Report the detail as a fault of keyshift",
            [
                "INVALID_JSON", "MALFORMED_JSON", "INVALID_VERSION_DATE",
                "MISSING_ENCRYPTION_AT_REST_PROVIDER",
            ]
        ),
    ]

    private static let access: [Row] = [
        (
            "Give the credentials the Project Owner role in this project",
            [
                "USER_UNAUTHORIZED", "NOT_IN_GROUP", "USER_CANNOT_ACCESS_GROUP", "NOT_ORG_GROUP_CREATOR",
                "ACCESS_FORBIDDEN",
            ]
        ),
        (
            "Put this machine's address on the API access list of the credentials",
            [
                "IP_ADDRESS_NOT_ON_ACCESS_LIST", "ORG_REQUIRES_ACCESS_LIST", "IP_ADDRESS_NOT_ON_WHITELIST",
                "ORG_REQUIRES_WHITELIST", "RESOURCE_REQUIRES_WHITELIST",
            ]
        ),
        (
            "Check the project's id and the organisation of the credentials",
            ["GROUP_NOT_FOUND", "INVALID_GROUP_ID", "NOT_ATLAS_GROUP", "INVALID_ATLAS_GROUP"]
        ),
        ("Check that the project and its role exist", ["RESOURCE_NOT_FOUND"]),
    ]

    private static let waiting: [Row] = [
        ("Wait until Atlas's maintenance is over", ["WRITES_NOT_ALLOWED_DURING_APP_UPGRADES"]),
        ("Wait some minutes and use a lower --rate", [AtlasError.tokenBucket, "RATE_LIMITED"]),
        // The transport's words.
        (
            "Check the network, the proxy and the name of the address",
            ["resolve", "connect", "timeout", "reset"]
        ),
        ("Check the proxy and its certificate (--ca-file)", ["tls"]),
        ("Check HTTPS_PROXY, its user and password, and what the proxy lets through", ["proxy"]),
        (
            "Check what stands between here and Atlas; the answer is not the API's",
            ["tooLarge", "unreadable_answer"]
        ),
        ("Make the secret that the target names readable", ["secretUnavailable"]),
        (
            "Find out what answers in Atlas's place (a gateway, a proxy, a sign-in page) and have it let the API "
                + "through",
            [Failure.Oddity.notAtlas.rawValue]
        ),
    ]
}
