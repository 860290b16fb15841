package dev.qsc.host.agent;

import dev.qsc.agent.api.LedgerPage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ledger, for those who cannot write it. Root sets a large one aside under the number of its first record, and goes
 * on in a new one.
 *
 * @param file where root appends
 */
record Ledger(Path file) {
    private static final int LARGEST_PAGE = 128 * 1024;
    private static final Pattern ASIDE = Pattern.compile("qsc_canary\\.([0-9]{1,18})\\.jsonl");
    private static final Pattern SEQUENCE = Pattern.compile(".*,\"seq\":([0-9]{1,18}),\"prev\":\"[0-9a-f]{64}\",.*}");

    /**
     * The whole records after a number, oldest first.
     *
     * @throws HostException when the ledger cannot be read
     */
    LedgerPage page(long after, int count) {
        Page page = new Page(after, count);
        // Opened first: whatever is set aside from now on is read from here.
        try (BufferedReader newest = Files.newBufferedReader(file)) {
            List<Path> aside = aside(after);
            for (int i = 0; i < aside.size() && !page.isFull; i++) {
                try (BufferedReader older = Files.newBufferedReader(aside.get(i))) {
                    page.fill(older);
                }
            }
            page.fill(newest);
        } catch (NoSuchFileException e) {
            return new LedgerPage(List.of(), false);
        } catch (IOException e) {
            throw new HostException(file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
        return new LedgerPage(page.records, page.isFull);
    }

    /** What was set aside, oldest first, without what ends before that record. */
    private List<Path> aside(long after) {
        List<Path> all = HostFiles.list(file.getParent()).stream()
                .filter(other -> number(ASIDE, other.getFileName().toString()) > 0)
                .toList();
        long ended = all.stream()
                .filter(other -> number(ASIDE, other.getFileName().toString()) <= after + 1)
                .count();
        return all.subList((int) Math.max(0, ended - 1), all.size());
    }

    private static long number(Pattern pattern, String text) {
        Matcher number = pattern.matcher(text);
        return number.matches() ? Long.parseLong(number.group(1)) : 0;
    }

    private static final class Page {
        private final List<String> records = new ArrayList<>();
        private final int count;
        private long last;
        private long size;
        private boolean isFull;

        Page(long after, int count) {
            this.last = after;
            this.count = count;
        }

        /** Adds the records that follow, until there are enough. */
        void fill(BufferedReader lines) throws IOException {
            for (String line = lines.readLine(); line != null && !isFull; line = lines.readLine()) {
                long sequence = number(SEQUENCE, line);
                if (sequence > last) {
                    size += line.length();
                    isFull = records.size() == count || (size > LARGEST_PAGE && !records.isEmpty());
                    if (!isFull) {
                        records.add(line);
                        last = sequence;
                    }
                }
            }
        }
    }
}
