package com.example.support.stats;

import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdom2.Document;
import org.jdom2.Element;
import org.jdom2.Namespace;
import org.jdom2.input.SAXBuilder;

public class JdomStatistics {

    private final Map<String, Integer> seconds = new TreeMap<>();

    public void add(File report) throws Exception {
        Document doc = new SAXBuilder().build(report);
        Element root = doc.getRootElement();
        Namespace ns = root.getNamespace();
        List<Element> sessions = root.getChildren("session", ns);
        for (Element session : sessions) {
            String day = session.getChildText("start_time", ns).substring(0, 10);
            seconds.merge(day, toSeconds(session.getChildText("duration", ns)), Integer::sum);
        }
    }

    private static int toSeconds(String text) {
        int total = 0;
        for (String part : text.split(":")) {
            total = total * 60 + Integer.parseInt(part);
        }
        return total;
    }

    public void print() {
        for (Map.Entry<String, Integer> e : seconds.entrySet()) {
            System.out.printf("%s %d min%n", e.getKey(), e.getValue() / 60);
        }
    }

    public static void main(String[] args) throws Exception {
        JdomStatistics stats = new JdomStatistics();
        for (String name : args) {
            stats.add(new File(name));
        }
        stats.print();
    }
}
