package dev.qsc.host.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/**
 * What a call is answered with.
 *
 * @param status the HTTP status
 * @param headers those that belong to this answer; length, date and connection are added
 * @param body its text
 */
record HttpReply(int status, Map<String, String> headers, String body) {

    /**
     * Writes it.
     *
     * @param last whether the connection ends with it
     * @param headOnly whether the client asked for the head alone
     */
    void write(OutputStream out, boolean last, boolean headOnly) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " \r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)) + "\r\n");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head.append("Content-Length: " + bytes.length + "\r\n");
        head.append(last ? "Connection: close\r\n\r\n" : "\r\n");
        out.write(head.toString().getBytes(StandardCharsets.US_ASCII));
        if (!headOnly) {
            out.write(bytes);
        }
        out.flush();
    }
}
