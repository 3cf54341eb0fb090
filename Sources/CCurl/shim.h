// libcurl for Swift: the header itself, and typed wrappers for its variadic functions, one per kind of
// argument. libcurl numbers its options by kind (CURLOPTTYPE_*, steps of 10,000); a wrapper refuses an option
// of another kind, because a value read as the wrong C type corrupts memory silently.

#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <stdbool.h>
#include <curl/curl.h>

// 7.84.0 made curl_global_init thread-safe, 7.85.0 brought CURLOPT_PROTOCOLS_STR.
#if LIBCURL_VERSION_NUM < 0x075500
#error "keyshift needs libcurl 7.85.0 or newer"
#endif

static const unsigned int ccurl_oldest_version = 0x075500;

// Cast macros that Swift does not import.
static const long ccurl_auth_basic = (long)CURLAUTH_BASIC;
static const long ccurl_auth_digest = (long)CURLAUTH_DIGEST;
static const long ccurl_auth_bearer = (long)CURLAUTH_BEARER;
static const long ccurl_feature_ssl = (long)CURL_VERSION_SSL;
static const long ccurl_feature_asynchronous_names = (long)CURL_VERSION_ASYNCHDNS;
static const long ccurl_global_default = (long)CURL_GLOBAL_DEFAULT;

// CURLVERSION_NOW is a macro for an enumerator, which Swift does not import.
static inline const curl_version_info_data *_Nullable ccurl_version(void) {
    return curl_version_info(CURLVERSION_NOW);
}

static inline bool ccurl_is_kind(CURLoption option, int kind) {
    return (int)option / 10000 == kind / 10000;
}

static inline CURLcode ccurl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_LONG)) return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_OFF_T)) return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies the string (since 7.17.0); never for CURLOPT_POSTFIELDS, which it does not copy.
static inline CURLcode ccurl_set_string(
    CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_OBJECTPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option, value);
}

// The memory stays the caller's and must outlive the transfer.
static inline CURLcode ccurl_set_pointer(CURL *_Nonnull easy, CURLoption option, void *_Nullable value) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_OBJECTPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option, value);
}

// libcurl copies the bytes.
static inline CURLcode ccurl_set_copy(
    CURL *_Nonnull easy, CURLoption option, const void *_Nullable bytes, size_t count) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_BLOB)) return CURLE_BAD_FUNCTION_ARGUMENT;
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}

// The list stays the caller's and must outlive the transfer.
static inline CURLcode ccurl_set_list(
    CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_OBJECTPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION share one C type.
static inline CURLcode ccurl_set_callback(
    CURL *_Nonnull easy, CURLoption option, curl_write_callback _Nullable value) {
    if (!ccurl_is_kind(option, CURLOPTTYPE_FUNCTIONPOINT)) return CURLE_BAD_FUNCTION_ARGUMENT;
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_before_request(CURL *_Nonnull easy, curl_prereq_callback _Nullable value) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// 0 when libcurl does not know.
static inline long ccurl_info_long(CURL *_Nonnull easy, CURLINFO info) {
    long value = 0;
    if (((int)info & CURLINFO_TYPEMASK) != CURLINFO_LONG) return 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

// 0 when libcurl does not know.
static inline curl_off_t ccurl_info_offset(CURL *_Nonnull easy, CURLINFO info) {
    curl_off_t value = 0;
    if (((int)info & CURLINFO_TYPEMASK) != CURLINFO_OFF_T) return 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

// The chain that the server showed, when CURLOPT_CERTINFO is set; it is the handle's, and dies with its next use.
static inline struct curl_certinfo *_Nullable ccurl_certificates(CURL *_Nonnull easy) {
    struct curl_certinfo *info = NULL;
    return curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) == CURLE_OK ? info : NULL;
}

// The next finished transfer, or NULL when none is left. The code is copied out, because the CURLMsg that
// holds it dies when the handle is removed from the multi handle.
static inline CURL *_Nullable ccurl_next_finished(CURLM *_Nonnull multi, CURLcode *_Nonnull code) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        *code = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

#endif
