package dev.qsc.quality;

/** The grammar of numbers of RFC 8259: {@code -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?}, ASCII digits only. */
final class JsonNumber {
    private final String text;
    private int at;

    private JsonNumber(String text) {
        this.text = text;
    }

    static boolean matches(String text) {
        return new JsonNumber(text).matches();
    }

    private boolean matches() {
        accept("-");
        if (!accept("0") && !digits()) {
            return false;
        }
        if (accept(".") && !digits()) {
            return false;
        }
        if (accept("eE")) {
            accept("+-");
            if (!digits()) {
                return false;
            }
        }
        return at == text.length();
    }

    private boolean accept(String anyOf) {
        boolean found = at < text.length() && anyOf.indexOf(text.charAt(at)) >= 0;
        if (found) {
            at++;
        }
        return found;
    }

    private boolean digits() {
        int start = at;
        while (accept("0123456789")) {}
        return at > start;
    }
}
