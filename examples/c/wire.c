#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum { FORM_BYTES = 1024, ANSWER_BYTES = 16384, DIGITS = 20 };

contract_string_t text(const char *constant) {
    return (contract_string_t){(uint8_t *)constant, strlen(constant)};
}

bool is(contract_string_t left, const char *right) {
    return same(left, text(right));
}

bool same(contract_string_t left, contract_string_t right) {
    return left.len == right.len && memcmp(left.ptr, right.ptr, left.len) == 0;
}

static void put(form_t *form, contract_string_t part) {
    if (form->bytes == NULL) {
        form->bytes = malloc(FORM_BYTES);
    }
    if (part.len > FORM_BYTES - form->length) {
        abort();
    }
    memcpy(form->bytes + form->length, part.ptr, part.len);
    form->length += part.len;
}

static bool is_plain(uint8_t letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= 'a' && letter <= 'z') || letter == '-' || letter == '_';
}

void add(form_t *form, const char *name, contract_string_t value) {
    static const char hex[] = "0123456789ABCDEF";
    if (form->length > 0) {
        put(form, text("&"));
    }
    put(form, text(name));
    put(form, text("="));
    for (size_t at = 0; at < value.len; at++) {
        uint8_t letter = value.ptr[at];
        uint8_t escaped[3] = {'%', (uint8_t)hex[letter >> 4], (uint8_t)hex[letter & 15]};
        bool plain = is_plain(letter);
        put(form, (contract_string_t){plain ? &letter : escaped, plain ? 1 : 3});
    }
}

contract_string_t decimal(uint64_t number) {
    uint8_t *digits = malloc(DIGITS);
    size_t first = DIGITS;
    do {
        digits[--first] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (contract_string_t){digits + first, DIGITS - first};
}

/* Printable ASCII lines that end with `end`. Other bytes are garbage, and a text
   that is no UTF-8 would end the call when it goes to the host. */
static bool is_whole(contract_string_t body) {
    static const char end[] = "\nend\n";
    size_t tail = strlen(end);
    if (body.len < tail || body.len > ANSWER_BYTES) {
        return false;
    }
    for (size_t at = 0; at < body.len; at++) {
        uint8_t letter = body.ptr[at];
        if (letter != '\n' && (letter < ' ' || letter > '~')) {
            return false;
        }
    }
    return memcmp(body.ptr + body.len - tail, end, tail) == 0;
}

fate_t ask(const char *path, form_t form, guichet_host_http_intent_t intent,
           contract_string_t *lines) {
    contract_tuple2_string_string_t header = {
        text("content-type"),
        text("application/x-www-form-urlencoded"),
    };
    guichet_host_http_request_t request = {
        .endpoint = text("biller"),
        .method = text("POST"),
        .path = text(path),
        .headers = {&header, 1},
        .body = {form.bytes, form.length},
        .intent = intent,
    };
    guichet_host_http_response_t response;
    guichet_host_http_error_t error;
    if (!guichet_host_http_send(&request, &response, &error)) {
        bool stayed = error.tag == GUICHET_HOST_HTTP_ERROR_DENIED ||
                      error.tag == GUICHET_HOST_HTTP_ERROR_NOT_SENT;
        return stayed ? NOT_SENT : DOUBTFUL;
    }
    *lines = (contract_string_t){response.body.ptr, response.body.len};
    return response.status == 200 && is_whole(*lines) ? ANSWERED : DOUBTFUL;
}

bool value(contract_string_t lines, const char *name, contract_string_t *found) {
    size_t length = strlen(name);
    bool is_there = false;
    for (size_t begin = 0; begin < lines.len;) {
        size_t end = begin;
        while (lines.ptr[end] != '\n') {
            end++;
        }
        size_t rest = end - begin;
        if (rest > length && lines.ptr[begin + length] == '=' &&
            memcmp(lines.ptr + begin, name, length) == 0) {
            if (is_there) {
                return false;
            }
            is_there = true;
            *found = (contract_string_t){lines.ptr + begin + length + 1, rest - length - 1};
        }
        begin = end + 1;
    }
    return is_there;
}

bool fen(contract_string_t lines, const char *name, int64_t *found) {
    contract_string_t digits;
    if (!value(lines, name, &digits) || digits.len == 0 || digits.len > 12) {
        return false;
    }
    *found = 0;
    for (size_t at = 0; at < digits.len; at++) {
        if (digits.ptr[at] < '0' || digits.ptr[at] > '9') {
            return false;
        }
        *found = *found * 10 + (digits.ptr[at] - '0');
    }
    return true;
}
